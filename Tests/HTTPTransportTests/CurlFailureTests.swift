import HTTPTransport
import HTTPTypes
import Synchronization
import Testing

/// Every way an exchange can fail, and whether the server may have seen the request.
@Suite struct CurlFailureTests {
    let transport = CurlTransport(userAgent: "paydock-test/1")

    @Test func `a refused connection did not reach the server`() async throws {
        let authority = "127.0.0.1:\(try LoopbackServer.closedPort())"
        let error = try #require(try await failure(of: transport, .fixture(.post, to: authority, body: [1])))
        #expect(error.code == .connect)
        #expect(!error.mayHaveReachedServer)
    }

    @Test func `a server without TLS did not get the request`() async throws {
        let server = try LoopbackServer { connection in
            _ = connection.readMore()
            connection.write(ReceivedRequest.answer())
        }
        let error = try #require(
            try await failure(of: transport, .fixture(.post, scheme: "https", to: server.authority, body: [1])))
        #expect(error.code == .tls)
        #expect(!error.mayHaveReachedServer)
    }

    @Test func `a silent server runs into the time limit and may have got the request`() async throws {
        let server = try LoopbackServer { $0.readToEnd() }
        let error = try #require(
            try await failure(of: transport, .fixture(to: server.authority, timeout: .milliseconds(100))))
        #expect(error.code == .timeout)
        #expect(error.mayHaveReachedServer)
    }

    @Test func `a reset in the middle of the body is no response`() async throws {
        let server = try LoopbackServer { connection in
            _ = connection.readRequest()
            connection.write(Array("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf".utf8))
            connection.reset()
        }
        let error = try #require(try await failure(of: transport, .fixture(to: server.authority)))
        #expect(error.code == .reset)
        #expect(error.mayHaveReachedServer)
    }

    @Test func `an orderly end in the middle of the body is no response either`() async throws {
        let server = try LoopbackServer { connection in
            _ = connection.readRequest()
            connection.write(Array("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf".utf8))
        }
        let error = try #require(try await failure(of: transport, .fixture(to: server.authority)))
        #expect(error.code == .reset)
    }

    @Test func `what is not HTTP is no response`() async throws {
        let server = try LoopbackServer { connection in
            _ = connection.readRequest()
            connection.write(Array("SSH-2.0-OpenSSH\r\n".utf8))
        }
        let error = try #require(try await failure(of: transport, .fixture(to: server.authority)))
        #expect(error.code == .other)
        #expect(error.mayHaveReachedServer)
    }

    @Test(arguments: [HTTPRequest.Method.post, .patch], [[], [1, 2, 3]] as [[UInt8]])
    func `a POST is not sent again when a kept connection ends without an answer`(
        method: HTTPRequest.Method, body: [UInt8]
    ) async throws {
        let seenCount = Mutex(0)
        let server = try LoopbackServer { connection in
            while connection.readRequest() != nil {
                // The first is answered and its connection kept; whatever follows is taken and then dropped.
                guard
                    seenCount.withLock({
                        $0 += 1; return $0
                    }) == 1
                else { return }
                connection.write(ReceivedRequest.answer())
            }
        }
        _ = try await transport.send(.fixture(to: server.authority))
        let error = try #require(try await failure(of: transport, .fixture(method, to: server.authority, body: body)))
        #expect(error.code == .reset)
        #expect(error.mayHaveReachedServer)
        #expect(seenCount.withLock { $0 } == 2)
    }

    @Test func `a response may be as large as the limit, and not larger`() async throws {
        let body = [UInt8](repeating: 7, count: 50_000)
        let server = try LoopbackServer(answer: { _ in ReceivedRequest.answer(body: body) })
        let response = try await transport.send(.fixture(to: server.authority, maxResponseBytes: 50_000))
        #expect(response.body.count == 50_000)
        let error = try #require(
            try await failure(of: transport, .fixture(to: server.authority, maxResponseBytes: 49_999)))
        #expect(error.code == .tooLarge)
        #expect(error.mayHaveReachedServer)
    }

    @Test func `a head without end is refused`() async throws {
        let server = try LoopbackServer(answer: { _ in
            ReceivedRequest.answer(fields: (0..<300).map { "X-\($0): \(String(repeating: "x", count: 1_000))" })
        })
        let error = try #require(try await failure(of: transport, .fixture(to: server.authority)))
        #expect(error.code == .tooLarge)
    }

    @Test(arguments: [
        OutgoingRequest.fixture(scheme: "file", to: "localhost", path: "/etc/passwd"),
        .fixture(scheme: "ftp", to: "127.0.0.1"), .fixture(to: ""), .fixture(to: "user@127.0.0.1"),
        .fixture(to: "127.0.0.1/x?"), .fixture(to: "127.0.0.1", path: "no-slash"),
        .fixture(to: "127.0.0.1", path: "/a b"), .fixture(to: "127.0.0.1", path: "/a#b"),
    ])
    func `an address that is none is refused unsent`(request: OutgoingRequest) async throws {
        let error = try #require(try await failure(of: transport, request))
        #expect(error.code == .invalidRequest)
        #expect(!error.mayHaveReachedServer)
    }
}
