import Domain
import HTTPTypes
import Workflows

/// Logging in and out.
struct AccountRoutes: Sendable {
    let useCases: UseCases
    let frame: PageFrame
    let configuration: WebConfiguration

    var routes: [Route] {
        [
            Route(.get, "/", .open) { _ in .redirect("/apps") },
            Route(.get, "/login", .open) { try loginForm($0) },
            Route(.post, "/login", .open, body: .form) { try logIn($0) },
            Route(.post, "/logout", .member, body: .form) { try logOut($0) },
            Route(.get, "/signup", .open) { try signupForm($0) },
            Route(.post, "/signup", .open, body: .form) { try signUp($0) },
        ]
    }

    private var sessionCookie: SiteCookie { .session(isSecure: configuration.isSecure) }

    private func page(_ call: Call, email: String, next: String?, problem: String?) -> LoginPage {
        let ticket = SiteCookie.ticket(isSecure: configuration.isSecure)
        let hasTicket = call.request.cookie(ticket.name).map { !$0.isEmpty } ?? false
        return LoginPage(
            email: email, next: next, problem: problem, hasPendingInstall: hasTicket && next == "/apps/pipedrive/link")
    }

    private func loginForm(_ call: Call) throws -> WebResponse {
        let next = LocalPath.checked(call.query["next"])
        guard call.session == nil else { return .redirect(next ?? "/apps") }
        return try frame.answer(page(call, email: "", next: next, problem: nil), to: call)
    }

    private func logIn(_ call: Call) throws -> WebResponse {
        let (email, next) = (call.form["email"] ?? "", LocalPath.checked(call.form["next"]))
        do {
            let login = try useCases.accounts.logIn(
                email: email, password: Secret(call.form["password"] ?? ""),
                remoteAddress: call.request.remoteAddress, now: call.now)
            if let old = call.session { try useCases.accounts.logOut(old) }
            return WebResponse.redirect(next ?? "/apps").adding(
                cookie: sessionCookie.setting(login.cookie.reveal(), seconds: Int(Accounts.sessionSeconds)))
        } catch let refusal as Refusal where refusal.code == .unauthorized || refusal.code == .unavailable {
            let problem = page(call, email: email, next: next, problem: refusal.message)
            return try frame.answer(
                problem, to: call, status: refusal.code == .unavailable ? .tooManyRequests : .unprocessableContent)
        }
    }

    private func signupForm(_ call: Call) throws -> WebResponse {
        let next = LocalPath.checked(call.query["next"])
        guard call.session == nil else { return .redirect(next ?? "/apps") }
        return try frame.answer(SignupPage(company: "", email: "", next: next, problem: nil), to: call)
    }

    private func signUp(_ call: Call) throws -> WebResponse {
        let (company, email) = (call.form["company"] ?? "", call.form["email"] ?? "")
        let next = LocalPath.checked(call.form["next"])
        do {
            let login = try useCases.accounts.signUp(
                company: company, email: email, password: Secret(call.form["password"] ?? ""),
                remoteAddress: call.request.remoteAddress, now: call.now)
            return WebResponse.redirect(next ?? "/apps").adding(
                cookie: sessionCookie.setting(login.cookie.reveal(), seconds: Int(Accounts.sessionSeconds)))
        } catch let refusal as Refusal where refusal.code != .notFound {
            let page = SignupPage(company: company, email: email, next: next, problem: refusal.message)
            return try frame.answer(
                page, to: call, status: refusal.code == .unavailable ? .tooManyRequests : .unprocessableContent)
        }
    }

    private func logOut(_ call: Call) throws -> WebResponse {
        try useCases.accounts.logOut(try call.member())
        return WebResponse.redirect("/login").adding(cookie: sessionCookie.removing())
    }
}
