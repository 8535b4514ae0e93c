import Domain
import HTTPTransport
import HTTPTypes
import Testing

@testable import Pipedrive

@Suite struct AnswerSortingTests {
    private static let json = HTTPFields([HTTPField(name: .contentType, value: "application/json")])

    private func note(_ reply: StubTransport.Reply) async throws -> CRMFailure? {
        let client = PipedriveClient(configuration: try .fixture(), transport: StubTransport([reply]))
        return await #expect(throws: CRMFailure.self) {
            try await client.postNote(html: "Jansen BV", target: .deal(Deal.ID(8)), access: .fixture)
        }
    }

    private func posting(
        _ status: Int, _ body: String = "{}", fields: [String: String] = [:]
    ) async throws -> CRMFailure? {
        var headers = Self.json
        for (name, value) in fields { headers[try #require(HTTPField.Name(name))] = value }
        return try await note(
            .init(method: .post, path: "/api/v1/notes", status: status, fields: headers, body: body))
    }

    @Test func `401 asks for a refresh`() async throws {
        #expect(try await posting(401)?.kind == .unauthorized)
    }

    @Test(arguments: [400, 404, 405, 409, 410, 413, 415, 422])
    func `what will never succeed is rejected`(status: Int) async throws {
        let failure = try await posting(status)
        #expect(failure?.kind == .rejected)
        #expect(failure?.status == status)
        #expect(failure?.isMissing == (status == 404 || status == 410))
    }

    @Test(arguments: [500, 502, 503, 504, 599, 408])
    func `a server's trouble is transient, and a note may stand there`(status: Int) async throws {
        let failure = try await posting(status, "<html>", fields: ["Retry-After": "17"])
        #expect(failure?.kind == .transient(mayHaveTakenEffect: true, retryAfterSeconds: 17))
        #expect(failure?.status == status)
    }

    @Test func `a read that failed has no effect to look for`() async throws {
        let client = PipedriveClient(
            configuration: try .fixture(),
            transport: StubTransport([.init(method: .get, path: "/api/v2/persons", status: 500)]))
        let failure = await #expect(throws: CRMFailure.self) {
            try await client.page(.person, cursor: nil, access: .fixture)
        }
        #expect(failure?.kind == .transient(mayHaveTakenEffect: false, retryAfterSeconds: nil))
    }

    @Test func `403 for a missing scope waits`() async throws {
        let body = #"{"success":false,"error":"Scope and URL mismatch","errorCode":403,"error_info":"x"}"#
        let failure = try await posting(403, body)
        #expect(failure?.kind == .wait(seconds: nil))
        #expect(failure?.holdsConnection == false, "what needs no such scope goes on")
    }

    @Test func `403 as a page of HTML waits, whatever its type says`() async throws {
        #expect(try await posting(403, "\n <!DOCTYPE html><h1>Blocked")?.kind == .wait(seconds: nil))
        #expect(
            try await posting(403, "blocked", fields: ["Content-Type": "text/html; charset=UTF-8"])?.kind
                == .wait(seconds: nil))
    }

    @Test func `403 for a permission is rejected, with Pipedrive's code and none of its words`() async throws {
        let body = #"{"success":false,"error":"Jansen BV is secret","code":"feature_capping_deals_limit"}"#
        let failure = try await posting(403, body)
        #expect(failure?.kind == .rejected)
        #expect(failure?.reason.contains("feature_capping_deals_limit") == true)
        #expect(failure?.reason.contains("Jansen") == false)
        #expect(try await posting(403, #"{"code":"Jansen BV"}"#)?.reason.contains("Jansen") == false)
        #expect(try await posting(403, "")?.kind == .rejected)
    }

    @Test func `402 waits, and is about the whole account`() async throws {
        let failure = try await posting(402)
        #expect(failure?.kind == .wait(seconds: nil))
        #expect(failure?.holdsConnection == true)
    }

    @Test(arguments: [
        (["Retry-After": "5"], 5), (["x-ratelimit-reset": "3"], 3), (["x-ratelimit-reset": "0"], 2),
        (["x-ratelimit-reset": "1.6"], 2), (["Retry-After": "9", "x-ratelimit-reset": "3"], 9),
        (["Retry-After": "99999999"], 86_400),
        (["Retry-After": "Sun, 06 Nov 1994 08:50:07 GMT", "Date": "Sun, 06 Nov 1994 08:49:37 GMT"], 30),
        (["x-daily-ratelimit-token-remaining": "0", "x-ratelimit-reset": "2"], 900),
        (["x-daily-ratelimit-token-remaining": "12", "x-ratelimit-reset": "4"], 4),
    ])
    func `429 waits for as long as Pipedrive says`(fields: [String: String], seconds: Int) async throws {
        #expect(try await posting(429, "", fields: fields)?.kind == .wait(seconds: seconds))
    }

    @Test(
        arguments: [
            [:], ["Retry-After": "soon"], ["Retry-After": "-4"], ["x-ratelimit-reset": "1800000000"],
            ["Retry-After": "Sun, 06 Nov 1994 08:50:07 GMT"],
        ] as [[String: String]])
    func `429 without a time that makes sense leaves it open`(fields: [String: String]) async throws {
        #expect(try await posting(429, "", fields: fields)?.kind == .wait(seconds: nil))
    }

    @Test(arguments: ["", "{", "[]", "null", "<html>ok</html>", #"{"success":false,"data":{"id":1}}"#, #"{"data":{}}"#])
    func `a success that cannot be read may have made the note`(body: String) async throws {
        #expect(
            try await posting(200, body)?.kind == .transient(mayHaveTakenEffect: true, retryAfterSeconds: nil))
    }

    @Test(arguments: HTTPTransportError.Code.allCases, [true, false])
    func `a missing answer is in doubt only when the request may have arrived`(
        code: HTTPTransportError.Code, mayHaveReached: Bool
    ) async throws {
        let error = HTTPTransportError(code: code, place: "there", mayHaveReachedServer: mayHaveReached)
        let failure = try await note(.init(method: .post, path: "/api/v1/notes", error: error))
        #expect(failure?.kind == .transient(mayHaveTakenEffect: mayHaveReached, retryAfterSeconds: nil))
        #expect(failure?.status == nil)
    }

    @Test func `a redirect is not followed with a token, and counts as an attempt`() async throws {
        let failure = try await posting(302, "", fields: ["Location": "https://evil.example/"])
        #expect(failure?.kind == .transient(mayHaveTakenEffect: false, retryAfterSeconds: nil))
    }
}
