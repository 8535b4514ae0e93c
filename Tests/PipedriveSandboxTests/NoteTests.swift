import Testing

@testable import PipedriveSandbox

@Suite struct NoteTests {
    @Test(arguments: [
        ("<p>Hallo <b>daar</b></p>", "<p>Hallo <b>daar</b></p>"),
        ("<p onclick='x'>a</p><script>alert(1)</script>b", "<p>a</p>b"),
        ("<a href=\"javascript:x\">k</a>", "<a>k</a>"),
        ("<a class=c href='https://x.example/?a=1&b=\"'>k</a>", "<a href=\"https://x.example/?a=1&b=&quot;\">k</a>"),
        ("<!-- marker --><b>open", "<b>open</b>"),
        ("1 < 2 > 0", "1 &lt; 2 &gt; 0"),
        ("<img src=x onerror=y><br/>z</i>", "<br>z"),
        ("<style>p{}</style><ul><li>a</ul>", "<ul><li>a</li></ul>"),
        ("<a title='>' href=\"https://x.example\">k</a>", "<a href=\"https://x.example\">k</a>"),
    ])
    func `only harmless markup is kept`(html: String, clean: String) {
        #expect(NoteHTML.sanitize(html) == clean)
        #expect(NoteHTML.sanitize(clean) == clean)
    }

    @Test func `a note is changed, read and deleted`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn(userID: 2)
        let made = try await test.call(
            "POST", "/api/v1/notes", ["deal_id": 1, "content": "Een", "pinned_to_deal_flag": 1], token: token)
        #expect(made.data["pinned_to_deal_flag"] == true)
        #expect(made.data["user"]["is_you"] == true)
        #expect(made.data["deal"]["title"].text?.isEmpty == false)
        let id = try #require(made.data["id"].whole)
        test.advance(seconds: 5)
        let changed = try await test.call("PUT", "/api/v1/notes/\(id)", ["content": "Twee"], token: token)
        #expect(changed.data["content"] == "Twee")
        #expect(changed.data["add_time"] != changed.data["update_time"])
        #expect(try await test.call("DELETE", "/api/v1/notes/\(id)", token: token).data == true)
        let list = try await test.call("GET", "/api/v1/notes?deal_id=1", token: token)
        #expect(list.data.list?.contains { $0["id"] == .int(id) } == false)
    }

    @Test func `only an administrator writes in another's name, and size has a limit`() async throws {
        let test = try TestSandbox()
        let regular = try await test.signIn(userID: 2)
        let admin = try await test.signIn()
        let note: JSON = ["deal_id": 1, "content": "x", "user_id": 3]
        #expect(try await test.call("POST", "/api/v1/notes", note, token: regular).status == 403)
        #expect(try await test.call("POST", "/api/v1/notes", note, token: admin).data["user_id"] == 3)
        let long: JSON = ["deal_id": 1, "content": .string(String(repeating: "x", count: 100_001))]
        #expect(try await test.call("POST", "/api/v1/notes", long, token: admin).status == 400)
    }
}
