import HTTPTransport
import HTTPTypes
import Testing

/// Nothing that prints shows a token, a query or a body.
@Suite struct RedactionTests {
    private let request = OutgoingRequest.fixture(
        .post, to: "api.example.test", path: "/deals?api_token=hush-1",
        fields: [
            .authorization: "Bearer hush-2", .cookie: "hush-3", .contentType: "application/json",
            HTTPField.Name("X-Api-Key") ?? .cookie: "hush-4",
        ], body: Array("hush-5".utf8))

    private func prints(of value: some Any) -> [String] {
        var dumped = ""
        dump(value, to: &dumped)
        return ["\(value)", String(describing: value), String(reflecting: value), dumped]
    }

    @Test func `a request shows its address and its size`() {
        for text in prints(of: request) + prints(of: [request]) {
            #expect(!text.contains("hush"))
            #expect(text.contains("POST http://api.example.test/deals (6 bytes)"))
        }
        #expect(String(reflecting: request).contains("Authorization: <redacted>"))
        #expect(String(reflecting: request).contains("Content-Type: application/json"))
    }

    @Test func `a response shows its status and its size`() {
        let response = IncomingResponse(
            response: HTTPResponse(status: .ok, headerFields: [.setCookie: "hush", .retryAfter: "3"]),
            body: Array("hush".utf8))
        for text in prints(of: response) {
            #expect(!text.contains("hush"))
            #expect(text.contains("200 (4 bytes)"))
        }
        #expect(String(reflecting: response).contains("Retry-After: 3"))
    }

    @Test func `an error shows its code and the address without the query`() async throws {
        var request = request
        request.request.authority = "127.0.0.1:\(try LoopbackServer.closedPort())"
        let error = try #require(try await failure(of: CurlTransport(userAgent: "paydock-test/1"), request))
        for text in prints(of: error) { #expect(!text.contains("hush")) }
        #expect("\(error)".hasPrefix("HTTP connect at POST http://127.0.0.1:"))
        #expect("\(error)".hasSuffix("/deals"))
    }

    @Test func `a user name in the address is not shown`() async throws {
        let error = try #require(
            try await failure(
                of: CurlTransport(userAgent: "paydock-test/1"), .fixture(to: "hush:hush@example.test")))
        for text in prints(of: error) { #expect(!text.contains("hush")) }
    }
}
