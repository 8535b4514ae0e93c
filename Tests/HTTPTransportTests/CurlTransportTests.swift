import Foundation
import HTTPTransport
import HTTPTypes
import Synchronization
import Testing

/// What goes out and what comes back, over the real libcurl and a server on the loopback.
@Suite struct CurlTransportTests {
    static let bytes: [UInt8] = (0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }

    let transport = CurlTransport(userAgent: "paydock-test/1")

    @Test func `a GET carries path, query, host, agent and header fields, and brings back status and fields`()
        async throws
    {
        let seen = Mutex<ReceivedRequest?>(nil)
        let server = try LoopbackServer(answer: { request in
            seen.withLock { $0 = request }
            return ReceivedRequest.answer(
                "404 Not Found",
                fields: ["X-RateLimit-Remaining:  7 ", "Set-Cookie: a=1", "Set-Cookie: b=2", "Empty:"],
                body: Array("gone\0".utf8))
        })
        let response = try await transport.send(
            .fixture(
                to: server.authority, path: "/api/v2/../deals?cursor=a%2Fb&x=",
                fields: [.authorization: "Bearer token", .accept: ""]))
        let request = try #require(seen.withLock { $0 })
        #expect(request.line == "GET /api/v2/../deals?cursor=a%2Fb&x= HTTP/1.1")
        #expect(request.field("Host") == server.authority)
        #expect(request.field("User-Agent") == "paydock-test/1")
        #expect(request.field("Authorization") == "Bearer token")
        #expect(request.field("Accept")?.isEmpty == true)
        #expect(request.field("Accept-Encoding")?.contains("gzip") == true)
        #expect(request.field("Content-Type") == nil)
        #expect(response.response.status.code == 404)
        #expect(response.response.headerFields[try #require(HTTPField.Name("x-ratelimit-remaining"))] == "7")
        #expect(response.response.headerFields[values: .setCookie] == ["a=1", "b=2"])
        #expect(response.body == Array("gone\0".utf8))
        #expect(response.elapsed > .zero)
    }

    @Test(arguments: [HTTPRequest.Method.post, .put, .patch, .delete])
    func `a body goes and comes byte for byte`(method: HTTPRequest.Method) async throws {
        let seen = Mutex<ReceivedRequest?>(nil)
        let server = try LoopbackServer(answer: { request in
            seen.withLock { $0 = request }
            return ReceivedRequest.answer(body: request.body)
        })
        let response = try await transport.send(
            .fixture(
                method, to: server.authority, fields: [.contentType: "application/json", .contentLength: "3"],
                body: Self.bytes))
        let request = try #require(seen.withLock { $0 })
        #expect(request.line == "\(method.rawValue) / HTTP/1.1")
        #expect(request.field("Content-Type") == "application/json")
        #expect(request.field("Expect") == nil)
        #expect(response.body == Self.bytes)
    }

    @Test func `a POST without a body says so, and names no content type`() async throws {
        let seen = Mutex<ReceivedRequest?>(nil)
        let server = try LoopbackServer(answer: { request in
            seen.withLock { $0 = request }
            return ReceivedRequest.answer("204 No Content")
        })
        let response = try await transport.send(.fixture(.post, to: server.authority))
        #expect(response.response.status == .noContent)
        #expect(seen.withLock { $0?.field("Content-Length") } == "0")
        #expect(seen.withLock { $0?.field("Content-Type") } == nil)
    }

    @Test func `a HEAD does not wait for a body`() async throws {
        let server = try LoopbackServer(answer: { _ in Array("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n".utf8) })
        let response = try await transport.send(.fixture(.head, to: server.authority))
        #expect(response.response.headerFields[.contentLength] == "99")
        #expect(response.body.isEmpty)
    }

    @Test func `a compressed body is opened, and its encoding no longer named`() async throws {
        // "hello hello hello\n" as `gzip -n` writes it.
        let compressed = try #require(Data(base64Encoded: "H4sIAAAAAAAAA8tIzcnJV8hAkFwAO3yK3xIAAAA="))
        let server = try LoopbackServer(answer: { _ in
            ReceivedRequest.answer(fields: ["Content-Encoding: gzip"], body: Array(compressed))
        })
        let response = try await transport.send(.fixture(to: server.authority))
        #expect(String(decoding: response.body, as: UTF8.self) == "hello hello hello\n")
        #expect(response.response.headerFields[.contentEncoding] == nil)
        #expect(response.response.headerFields[.contentLength] == nil)
    }

    @Test func `fields of an informational head and of a trailer are not the response's`() async throws {
        let server = try LoopbackServer(answer: { _ in
            Array(
                """
                HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\
                Trailer: X-Late\r\n\r\n2\r\nhi\r\n0\r\nX-Late: 1\r\n\r\n
                """.utf8)
        })
        let response = try await transport.send(.fixture(to: server.authority))
        #expect(response.body == Array("hi".utf8))
        #expect(response.response.headerFields.map(\.name.rawName) == ["Transfer-Encoding", "Trailer"])
    }

    @Test func `a redirect is handed back, not followed`() async throws {
        let server = try LoopbackServer(answer: { _ in
            ReceivedRequest.answer("302 Found", fields: ["Location: /elsewhere"])
        })
        let response = try await transport.send(.fixture(to: server.authority))
        #expect(response.response.status == .found)
        #expect(response.response.headerFields[.location] == "/elsewhere")
        #expect(server.connectionCount == 1)
    }

    @Test func `a connection is used again`() async throws {
        let server = try LoopbackServer(answer: { ReceivedRequest.answer(body: $0.body) })
        for _ in 1...5 { _ = try await transport.send(.fixture(.post, to: server.authority, body: [1])) }
        // Not exactly one: after 118 s without use, which an overloaded machine can take, libcurl opens another.
        #expect(server.connectionCount < 5)
    }

    @Test func `fifty requests at once each get their own answer, over no more connections than allowed`()
        async throws
    {
        let transport = CurlTransport(userAgent: "paydock-test/1", maxConnections: 8)
        let server = try LoopbackServer(answer: { ReceivedRequest.answer(body: $0.body) })
        let answers = try await withThrowingTaskGroup(of: (Int, [UInt8]).self) { group in
            for number in 0..<50 {
                group.addTask {
                    let body = Array("\(number)".utf8)
                    return (number, try await transport.send(.fixture(.put, to: server.authority, body: body)).body)
                }
            }
            return try await group.reduce(into: [Int: String]()) { $0[$1.0] = String(decoding: $1.1, as: UTF8.self) }
        }
        #expect(answers == Dictionary(uniqueKeysWithValues: (0..<50).map { ($0, "\($0)") }))
        #expect((1...8).contains(server.connectionCount))
    }
}
