import FastCGI
import Foundation
import HTTPTypes
import Synchronization
import Testing

/// The real libfcgi on a Unix socket, with the web server's side of the protocol played by ``FastCGIClient``.
@Suite struct FastCGIListenerTests {
    static let bytes: [UInt8] = (0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }

    @Sendable static func echo(_ incoming: FastCGIRequest) async -> FastCGIResponse {
        FastCGIResponse(response: HTTPResponse(status: .ok), body: incoming.body)
    }

    @Test func `a request's parameters become its method, path, host and header fields`() async throws {
        let fixture = try ListenerFixture(limits: FastCGILimits(maxRequestCount: 1))
        let seen = Mutex<FastCGIRequest?>(nil)
        let run = fixture.start { incoming in
            seen.withLock { $0 = incoming }
            return FastCGIResponse(response: HTTPResponse(status: .noContent))
        }
        let answer = try fixture.client.exchange([
            "REQUEST_METHOD": "PATCH", "REQUEST_URI": "/deals/7?a=b%20c&d=", "HTTP_HOST": "paydock.example:8443",
            "HTTPS": "on", "HTTP_X_API_KEY": "ftj_1", "HTTP_COOKIE": "a=1; b=2", "CONTENT_TYPE": "application/json",
            "HTTP_CONTENT_TYPE": "text/plain", "REMOTE_ADDR": "192.0.2.7",
            "HTTP_X_LONG": String(repeating: "x", count: 5_000),
        ])
        #expect(try await run.value == .requestCountReached)
        #expect(answer?.head == ["Status: 204 No Content"])

        let incoming = try #require(seen.withLock { $0 })
        #expect(incoming.request.method == .patch)
        #expect(incoming.request.path == "/deals/7?a=b%20c&d=")
        #expect(incoming.request.authority == "paydock.example:8443")
        #expect(incoming.request.scheme == "https")
        #expect(incoming.request.headerFields[.cookie] == "a=1; b=2")
        #expect(incoming.request.headerFields[.contentType] == "application/json")
        #expect(incoming.request.headerFields[try #require(HTTPField.Name("X-API-Key"))] == "ftj_1")
        #expect(incoming.remoteAddress == "192.0.2.7")
        #expect(incoming.request.headerFields[try #require(HTTPField.Name("X-Long"))]?.count == 5_000)
        #expect(incoming.body.isEmpty)
    }

    @Test(arguments: [0, 1, 65_528, 1 << 20])
    func `a body comes and goes byte for byte`(count: Int) async throws {
        let fixture = try ListenerFixture(limits: FastCGILimits(maxRequestCount: 1))
        let run = fixture.start(Self.echo)
        let body = Array(Self.bytes.prefix(count))
        let answer = try fixture.client.exchange(["REQUEST_METHOD": "POST", "REQUEST_URI": "/"], body: body)
        #expect(answer?.body == body)
        #expect(answer?.field("Content-Length") == "\(count)")
        #expect(try await run.value == .requestCountReached)
    }

    @Test func `a body that comes piece by piece has no length, and is the same at the end`() async throws {
        let fixture = try ListenerFixture(limits: FastCGILimits(maxRequestCount: 1))
        let pieces = Mutex(Array(repeating: Self.bytes, count: 3))
        let run = fixture.start { _ in
            FastCGIResponse(response: HTTPResponse(status: .ok), body: Array("first ".utf8)) {
                pieces.withLock { $0.popLast() }
            }
        }
        let answer = try fixture.client.exchange()
        #expect(answer?.field("Content-Length") == nil)
        #expect(answer?.body == Array("first ".utf8) + Self.bytes + Self.bytes + Self.bytes)
        #expect(try await run.value == .requestCountReached)
    }

    @Test func `a body whose next piece can't be made is left unfinished, and the loop goes on`() async throws {
        struct Lost: Error {}
        let fixture = try ListenerFixture(limits: FastCGILimits(maxRequestCount: 2))
        let run = fixture.start { incoming in
            guard incoming.request.path == "/broken" else { return await Self.echo(incoming) }
            return FastCGIResponse(response: HTTPResponse(status: .ok), body: Array("first".utf8)) { throw Lost() }
        }
        #expect(try fixture.client.exchange(["REQUEST_METHOD": "GET", "REQUEST_URI": "/broken"]) == nil)
        #expect(try fixture.client.exchange(["REQUEST_METHOD": "GET", "REQUEST_URI": "/whole"]) != nil)
        #expect(try await run.value == .requestCountReached)
    }

    @Test func `a HEAD is answered with the length but without the body`() async throws {
        let fixture = try ListenerFixture(limits: FastCGILimits(maxRequestCount: 1))
        _ = fixture.start { _ in
            FastCGIResponse(response: HTTPResponse(status: .ok), body: Array("twelve bytes".utf8))
        }
        let answer = try fixture.client.exchange(["REQUEST_METHOD": "HEAD", "REQUEST_URI": "/"])
        #expect(answer?.status == "Status: 200 OK")
        #expect(answer?.field("Content-Length") == "12")
        #expect(answer?.body == [])
    }

    @Test func `a body above the limit is answered with 413, never seen by the responder, and the loop goes on`()
        async throws
    {
        let fixture = try ListenerFixture(limits: FastCGILimits(maxBodyBytes: 1_000, maxRequestCount: 4))
        let seenCount = Mutex(0)
        let run = fixture.start { incoming in
            seenCount.withLock { $0 += 1 }
            return await Self.echo(incoming)
        }
        let post = ["REQUEST_METHOD": "POST", "REQUEST_URI": "/"]
        #expect(try fixture.client.exchange(post, body: Self.bytes)?.status == "Status: 413 Content Too Large")
        #expect(
            try fixture.client.exchange(post, body: Self.bytes, announced: "")?.status
                == "Status: 413 Content Too Large")
        #expect(seenCount.withLock { $0 } == 0)
        #expect(try fixture.client.exchange(post, body: Array(Self.bytes.prefix(1_000)))?.status == "Status: 200 OK")
        #expect(
            try fixture.client.exchange(post, body: Array(Self.bytes.prefix(1_001)))?.status
                == "Status: 413 Content Too Large")
        #expect(try await run.value == .requestCountReached)
    }

    @Test(arguments: ["-1", "+3", "3x", " 3", "0x3", "99999999999999999999", "2"])
    func `a wrong length is answered with 400`(announced: String) async throws {
        let fixture = try ListenerFixture(limits: FastCGILimits(maxRequestCount: 1))
        let run = fixture.start { _ in
            Issue.record("The responder was called")
            return FastCGIResponse(response: HTTPResponse(status: .ok))
        }
        let answer = try fixture.client.exchange(
            ["REQUEST_METHOD": "POST", "REQUEST_URI": "/"], body: [1, 2, 3], announced: announced)
        #expect(answer?.status == "Status: 400 Bad Request")
        _ = try await run.value
    }

    @Test(arguments: [
        ["REQUEST_METHOD": "GET", "REQUEST_URI": "deals"], ["REQUEST_METHOD": "GET", "REQUEST_URI": "/a b"],
        ["REQUEST_METHOD": "GET\n", "REQUEST_URI": "/"], ["REQUEST_METHOD": "GET"], ["REQUEST_URI": "/"],
    ])
    func `a request without a proper method and path is answered with 400`(parameters: [String: String]) async throws {
        let fixture = try ListenerFixture(limits: FastCGILimits(maxRequestCount: 1))
        _ = fixture.start(Self.echo)
        #expect(try fixture.client.exchange(parameters)?.status == "Status: 400 Bad Request")
    }

    @Test func `a body without an announced length is read to its end`() async throws {
        let fixture = try ListenerFixture(limits: FastCGILimits(maxRequestCount: 1))
        _ = fixture.start(Self.echo)
        let body = Array(Self.bytes.prefix(200_000))
        let answer = try fixture.client.exchange(
            ["REQUEST_METHOD": "POST", "REQUEST_URI": "/"], body: body, announced: "")
        #expect(answer?.body == body)
    }

    @Test func `a client that breaks off in its body is dropped, and the next one is served`() async throws {
        let fixture = try ListenerFixture(limits: FastCGILimits(maxRequestCount: 2))
        let seenCount = Mutex(0)
        let run = fixture.start { incoming in
            seenCount.withLock { $0 += 1 }
            return await Self.echo(incoming)
        }
        #expect(try fixture.client.breakOff(after: [1, 2, 3], announced: 10) == nil)
        #expect(seenCount.withLock { $0 } == 0)
        #expect(try fixture.client.exchange()?.status == "Status: 200 OK")
        #expect(try await run.value == .requestCountReached)
        #expect(seenCount.withLock { $0 } == 1)
    }

    @Test func `a line break in a header value starts no header field of its own`() async throws {
        let fixture = try ListenerFixture(limits: FastCGILimits(maxRequestCount: 1))
        _ = fixture.start { _ in
            FastCGIResponse(
                response: HTTPResponse(status: .seeOther, headerFields: [.location: "/a\r\nSet-Cookie: session=stolen"])
            )
        }
        let answer = try #require(try fixture.client.exchange())
        #expect(answer.field("Set-Cookie") == nil)
    }

    @Test func `a connection that asks to be kept is closed after its answer`() async throws {
        let fixture = try ListenerFixture(limits: FastCGILimits(maxRequestCount: 2))
        let run = fixture.start(Self.echo)
        var client = fixture.client
        client.asksToKeepConnection = true
        #expect(try client.exchange()?.status == "Status: 200 OK")
        #expect(try client.exchange()?.status == "Status: 200 OK")
        #expect(try await run.value == .requestCountReached)
    }

    @Test func `a responder may suspend`() async throws {
        let fixture = try ListenerFixture(limits: FastCGILimits(maxRequestCount: 1))
        let (gate, opener) = AsyncStream.makeStream(of: Void.self)
        let run = fixture.start { incoming in
            Thread.detachNewThread { opener.finish() }
            for await _ in gate {}
            return await Self.echo(incoming)
        }
        #expect(try fixture.client.exchange()?.status == "Status: 200 OK")
        #expect(try await run.value == .requestCountReached)
    }
}
