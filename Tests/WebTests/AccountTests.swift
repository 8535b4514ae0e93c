import Domain
import HTTPTypes
import Testing
import Web

struct AccountTests {
    /// The fields of a person who opened the login page first.
    private func logIn(_ site: Site, _ form: String) async -> WebResponse {
        let page = await site.send(.get, "/login")
        let token = page.cookie("__Host-paydock_form") ?? ""
        return await site.send(
            .post, "/login", fields: Site.form, cookies: ["__Host-paydock_form": token], body: "csrf=\(token)&\(form)")
    }

    @Test func `the login page is a form with its own token and no script`() async throws {
        let answer = await Site().send(.get, "/login?next=%2Fquotes")
        try expectSnapshot("login-page", "GET /login?next=%2Fquotes", answer)
        #expect(!answer.text.contains("<script") && !answer.text.contains("style="))
    }

    @Test func `the right password opens a session in a cookie that scripts can't read`() async {
        let site = Site()
        let answer = await logIn(site, "email=Anna@Bloem.example&password=secret-password&next=%2Fquotes")
        #expect(answer.status == 303)
        #expect(answer.field("Location") == "/quotes")
        let cookie = answer.response.headerFields[values: .setCookie].first { $0.contains("paydock_session") } ?? ""
        for part in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] { #expect(cookie.contains(part)) }
        let token = answer.cookie("__Host-paydock_session") ?? ""
        let page = await site.send(.get, "/apps", cookies: ["__Host-paydock_session": token])
        #expect(page.status == 200)
        #expect(page.text.contains("Bloem &amp; Zn"))
    }

    @Test func `over plain http the cookies are plain too, as a browser would refuse secure ones`() async {
        let answer = await Site(publicURL: "http://localhost:8080").send(.get, "/login")
        let cookie = answer.field("Set-Cookie") ?? ""
        #expect(cookie.hasPrefix("paydock_form=") && !cookie.contains("Secure"))
    }

    @Test func `a wrong password is said on the page, and too many close the door`() async {
        let site = Site()
        let wrong = await logIn(site, "email=anna@bloem.example&password=wrong")
        #expect(wrong.status == 422)
        #expect(wrong.text.contains("E-mail address or password is wrong."))
        #expect(!wrong.text.contains("value=\"wrong\""))
        site.tables.loginFailures = 10
        let closed = await logIn(site, "email=anna@bloem.example&password=secret-password")
        #expect(closed.status == 429)
        #expect(closed.cookie("__Host-paydock_session") == nil)
    }

    @Test(arguments: [
        "//evil.example", "https://evil.example", "/%5Cevil.example", "/\tevil", "javascript:alert(1)", "evil",
    ])
    func `a next that leaves this site is not followed`(next: String) async {
        let answer = await logIn(
            Site(), "email=anna@bloem.example&password=secret-password&next=\(next)")
        #expect(answer.status == 303)
        #expect(answer.field("Location") == "/apps")
    }

    @Test func `a member's page without a session leads to the login and back`() async {
        let answer = await Site().send(.get, "/quotes?state=sent")
        #expect(answer.status == 303)
        #expect(answer.field("Location") == "/login?next=%2Fquotes%3Fstate%3Dsent")
    }

    @Test func `a form without the session's token changes nothing`() async {
        let site = Site()
        for token in ["", "other", "the-csrf-toke"] {
            let answer = await site.submit("/contacts", "name=Acme", csrf: token)
            #expect(answer.status == 403)
        }
        #expect(site.tables.contacts.isEmpty)
        #expect(await site.submit("/contacts", "name=Acme").status == 303)
        #expect(site.tables.contacts.map(\.details.name) == ["Acme"])
    }

    @Test func `a login form without its cookie is refused`() async {
        let answer = await Site().send(
            .post, "/login", fields: Site.form, body: "csrf=&email=anna@bloem.example&password=secret-password")
        #expect(answer.status == 403)
    }

    @Test func `logging out ends the session and removes the cookie`() async {
        let site = Site()
        let answer = await site.submit("/logout", "")
        #expect(answer.field("Location") == "/login")
        #expect(answer.cookie("__Host-paydock_session") == "")
        #expect(site.tables.sessions.isEmpty)
    }

    @Test func `every answer carries the safety fields`() async {
        let site = Site()
        for path in ["/login", "/nothing", "/api/v1/contacts", "/panel/pipedrive", "/q/x", "/healthz"] {
            let answer = await site.send(.get, path)
            #expect(answer.field("X-Request-Id") == "req-1")
            #expect(answer.field("X-Frame-Options") == "DENY")
            #expect(answer.field("X-Content-Type-Options") == "nosniff")
            #expect(answer.field("Referrer-Policy") != nil)
            #expect(answer.field("Cache-Control") == "no-store")
            let policy = answer.field("Content-Security-Policy") ?? ""
            #expect(policy.hasPrefix("default-src 'none'") && !policy.contains("unsafe"))
        }
    }

    @Test func `forgot says how it is done here`() async {
        let site = Site()
        #expect(await site.send(.get, "/forgot").text.contains("paydock member reset"))
    }

    @Test func `the signup page keeps where to go on to, if that is on this site`() async {
        let site = Site()
        let page = await site.send(.get, "/signup?next=%2Fapps%2Fpipedrive%2Flink").text
        #expect(page.contains(#"name="next" value="/apps/pipedrive/link""#))
        #expect(!(await site.send(.get, "/signup?next=%2F%2Fevil.example").text.contains("evil")))
    }

    @Test func `a taken e-mail is refused on the page, with what was typed`() async {
        let site = Site()
        let token = "form-token-of-this-browser"
        let answer = await site.send(
            .post, "/signup", fields: Site.form, cookies: ["__Host-paydock_form": token],
            body: "csrf=\(token)&company=%3Cb%3EX&email=\(site.tables.member.email)&password=long-enough")
        #expect(answer.status == 422)
        #expect(answer.text.contains("has a login already"))
        #expect(answer.text.contains("&lt;b&gt;X"))
    }
}
