import Testing

@testable import PipedriveSandbox

@Suite struct TokenLifeTests {
    @Test func `with rotation on, a refresh token works once`() async throws {
        let test = try TestSandbox()
        #expect(try await test.call("POST", "/sandbox/oauth", ["rotation": true]).data["rotation"] == true)
        let first = try await test.exchange(try await test.allow()).json["refresh_token"].text ?? ""
        let second = try await test.refresh(first).json["refresh_token"].text ?? ""
        #expect(second != first)
        #expect(try await test.refresh(first).status == 400)
        #expect(try await test.refresh(second).status == 200)
    }

    @Test func `codes, access and refresh tokens expire on demand`() async throws {
        let test = try TestSandbox()
        let code = try await test.allow()
        _ = try await test.call("POST", "/sandbox/oauth/expire", ["what": "codes"])
        #expect(try await test.exchange(code).status == 400)
        let tokens = try await test.exchange(try await test.allow())
        let refresh = tokens.json["refresh_token"].text ?? ""
        _ = try await test.call("POST", "/sandbox/oauth/expire", ["what": "access", "user_id": 1])
        let stale = tokens.json["access_token"].text
        #expect(try await test.call("GET", "/api/v1/users/me", token: stale).status == 401)
        #expect(try await test.refresh(refresh).status == 200)
        _ = try await test.call("POST", "/sandbox/oauth/expire", ["what": "refresh"])
        #expect(try await test.refresh(refresh).status == 400)
        #expect(try await test.call("POST", "/sandbox/oauth/expire", ["what": "all"]).status == 400)
    }

    @Test func `a revoked user is refused everywhere, a colleague is not`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        let colleague = try await test.signIn(userID: 2)
        _ = try await test.call("POST", "/sandbox/oauth/revoke", ["user_id": 1])
        #expect(try await test.call("GET", "/api/v1/users/me", token: token).status == 401)
        #expect(try await test.call("GET", "/api/v1/users/me", token: colleague).status == 200)
    }

    @Test func `a grant without a scope gets 403 where it is needed`() async throws {
        let test = try TestSandbox()
        _ = try await test.call("POST", "/sandbox/oauth", ["scope": "base,deals:read"])
        let tokens = try await test.exchange(try await test.allow())
        #expect(tokens.json["scope"] == "base,deals:read")
        let token = tokens.json["access_token"].text
        #expect(try await test.call("GET", "/api/v2/deals/1", token: token).status == 200)
        #expect(try await test.call("GET", "/api/v1/users/me", token: token).status == 200)
        let write = try await test.call("PATCH", "/api/v2/deals/1", ["title": "x"], token: token)
        #expect(write.status == 403)
        #expect(write.json["error"] == "Scope and URL mismatch")
        #expect(try await test.call("GET", "/api/v2/persons/1", token: token).status == 403)
    }

    @Test(arguments: [(402, "Payment required"), (403, "Scope"), (410, "no longer")])
    func `refusals on demand have Pipedrive's form`(status: Int, words: String) async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        _ = try await test.call("POST", "/sandbox/faults", ["route": "/api/", "status": .int(status)])
        let answer = try await test.call("GET", "/api/v2/deals/1", token: token)
        #expect(answer.status == status)
        #expect(answer.json["success"] == false)
        #expect(
            answer.json["error"].text?.hasPrefix(words) == true || answer.json["error"].text?.contains(words) == true)
    }
}
