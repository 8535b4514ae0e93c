import HTTPTransport
import HTTPTypes
import Testing

/// Cancelling, queueing and closing.
@Suite struct CurlCancellationTests {
    /// A server that takes requests, tells of each one and of each hang-up, and never answers.
    private func silentServer() throws -> (LoopbackServer, arrivals: AsyncStream<Void>, hangUps: AsyncStream<Void>) {
        let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
        let (hangUps, hungUp) = AsyncStream.makeStream(of: Void.self)
        let server = try LoopbackServer { connection in
            _ = connection.readRequest()
            arrived.yield()
            connection.readToEnd()
            hungUp.yield()
        }
        return (server, arrivals, hangUps)
    }

    @Test func `cancelling the task ends the exchange and its connection`() async throws {
        let transport = CurlTransport(userAgent: "paydock-test/1")
        let (server, arrivals, hangUps) = try silentServer()
        let task = Task { try await failure(of: transport, .fixture(to: server.authority)) }
        _ = await arrivals.first { _ in true }
        task.cancel()
        let error = try #require(try await task.value)
        #expect(error.code == .cancelled)
        #expect(error.mayHaveReachedServer)
        _ = await hangUps.first { _ in true }
    }

    @Test func `a task cancelled beforehand sends nothing`() async throws {
        let transport = CurlTransport(userAgent: "paydock-test/1")
        let server = try LoopbackServer(answer: { _ in ReceivedRequest.answer() })
        let (gate, opener) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            // Ends at the cancellation, so that the request is certain to come after it.
            for await _ in gate {}
            return try await failure(of: transport, .fixture(to: server.authority))
        }
        task.cancel()
        let error = try #require(try await task.value)
        opener.finish()
        #expect(error.code == .cancelled)
        #expect(!error.mayHaveReachedServer)
        #expect(server.connectionCount == 0)
    }

    @Test func `a request that waits for a connection can be cancelled and can run out of time`() async throws {
        let transport = CurlTransport(userAgent: "paydock-test/1", maxConnections: 1)
        let (server, arrivals, _) = try silentServer()
        let first = Task { try await failure(of: transport, .fixture(to: server.authority)) }
        _ = await arrivals.first { _ in true }

        let late = try #require(
            try await failure(of: transport, .fixture(to: server.authority, timeout: .milliseconds(50))))
        #expect(late.code == .timeout)
        #expect(!late.mayHaveReachedServer)

        let queued = Task { try await failure(of: transport, .fixture(to: server.authority)) }
        queued.cancel()
        let cancelled = try #require(try await queued.value)
        #expect(cancelled.code == .cancelled)
        #expect(!cancelled.mayHaveReachedServer)

        first.cancel()
        #expect(try await first.value?.code == .cancelled)
        #expect(server.connectionCount == 1)
    }

    @Test func `closing ends what is under way and refuses what comes later`() async throws {
        let transport = CurlTransport(userAgent: "paydock-test/1")
        let (server, arrivals, hangUps) = try silentServer()
        let task = Task { try await failure(of: transport, .fixture(to: server.authority)) }
        _ = await arrivals.first { _ in true }
        transport.close()
        #expect(try await task.value?.code == .cancelled)
        _ = await hangUps.first { _ in true }
        #expect(try await failure(of: transport, .fixture(to: server.authority))?.code == .cancelled)
        #expect(server.connectionCount == 1)
    }

    @Test func `a transport let go closes its connections`() async throws {
        let (hangUps, hungUp) = AsyncStream.makeStream(of: Void.self)
        let server = try LoopbackServer { connection in
            while connection.readRequest() != nil { connection.write(ReceivedRequest.answer()) }
            hungUp.yield()
        }
        do {
            let transport = CurlTransport(userAgent: "paydock-test/1")
            _ = try await transport.send(.fixture(to: server.authority))
        }
        _ = await hangUps.first { _ in true }
        #expect(server.connectionCount == 1)
    }
}
