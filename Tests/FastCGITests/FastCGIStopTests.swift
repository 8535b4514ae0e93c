import FastCGI
import Foundation
import Glibc
import HTTPTypes
import Synchronization
import Testing

/// How the loop ends, and how a listener fails to begin.
@Suite struct FastCGIStopTests {
    @Sendable static func accept(_ incoming: FastCGIRequest) async -> FastCGIResponse {
        FastCGIResponse(response: HTTPResponse(status: .ok))
    }

    @Test func `the loop ends after the number of requests it was given`() async throws {
        let fixture = try ListenerFixture(limits: FastCGILimits(maxRequestCount: 3))
        let run = fixture.start(Self.accept)
        for _ in 1...3 { #expect(try fixture.client.exchange()?.status == "Status: 200 OK") }
        #expect(try await run.value == .requestCountReached)
    }

    @Test func `the loop ends at the hundredth request when memory is above its limit`() async throws {
        let fixture = try ListenerFixture(limits: FastCGILimits(maxRequestCount: 101, maxResidentBytes: 1))
        let run = fixture.start(Self.accept)
        for _ in 1...100 { #expect(try fixture.client.exchange()?.status == "Status: 200 OK") }
        #expect(try await run.value == .memoryGrown)
    }

    @Test func `memory below its limit ends nothing`() async throws {
        let fixture = try ListenerFixture(limits: FastCGILimits(maxRequestCount: 101, maxResidentBytes: 1 << 40))
        let run = fixture.start(Self.accept)
        for _ in 1...101 { #expect(try fixture.client.exchange()?.status == "Status: 200 OK") }
        #expect(try await run.value == .requestCountReached)
    }

    @Test func `a shutdown while a request is in hand lets it finish`() async throws {
        let fixture = try ListenerFixture()
        let listener = fixture.listener
        let run = fixture.start { incoming in
            listener.shutDown()
            await Task.yield()
            return await Self.accept(incoming)
        }
        #expect(try fixture.client.exchange()?.status == "Status: 200 OK")
        #expect(try await run.value == .signalled)
    }

    @Test func `a shutdown while nothing comes in ends the wait`() async throws {
        let fixture = try ListenerFixture()
        let run = fixture.start(Self.accept)
        #expect(try fixture.client.exchange()?.status == "Status: 200 OK")
        fixture.listener.shutDown()
        #expect(try await run.value == .signalled)
    }

    @Test func `a shutdown before the loop is not forgotten`() async throws {
        let fixture = try ListenerFixture()
        fixture.listener.shutDown()
        #expect(try await fixture.start(Self.accept).value == .signalled)
    }

    @Test func `a signal with a request in hand lets it finish`() async {
        // In a process of its own, because libfcgi accepts nothing more after a signal.
        await #expect(processExitsWith: .success) {
            let fixture = try ListenerFixture(stopsOnSignals: true)
            let run = fixture.start { incoming in
                kill(getpid(), SIGTERM)
                return await FastCGIStopTests.accept(incoming)
            }
            let answer = try fixture.client.exchange()
            let reason = try await run.value
            guard answer?.status == "Status: 200 OK", reason == .signalled else { exit(1) }
        }
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `a signal while nothing comes in ends the wait`(number: Int32) async {
        await #expect(processExitsWith: .success) { [number] in
            let fixture = try ListenerFixture(stopsOnSignals: true)
            let run = fixture.start(FastCGIStopTests.accept)
            let answer = try fixture.client.exchange()
            kill(getpid(), number)
            let reason = try await run.value
            guard answer?.status == "Status: 200 OK", reason == .signalled else { exit(1) }
        }
    }

    @Test func `a second loop over the same listener is refused`() async throws {
        let fixture = try ListenerFixture(limits: FastCGILimits(maxRequestCount: 1))
        let listener = fixture.listener
        let refusal = Mutex<FastCGIError.Code?>(nil)
        let run = fixture.start { incoming in
            do {
                _ = try await listener.run(Self.accept)
            } catch {
                refusal.withLock { $0 = (error as? FastCGIError)?.code }
            }
            return await Self.accept(incoming)
        }
        #expect(try fixture.client.exchange()?.status == "Status: 200 OK")
        #expect(try await run.value == .requestCountReached)
        #expect(refusal.withLock { $0 } == .alreadyRunning)
    }

    @Test func `a process started from a shell is told so`() async {
        // In a process of its own, because the tests' standard input may be anything.
        await #expect(processExitsWith: .success) {
            close(0)
            guard open("/dev/null", O_RDONLY) == 0 else { exit(1) }
            do {
                _ = try FastCGIListener()
                exit(2)
            } catch let error as FastCGIError {
                exit(error.code == .notFastCGI ? 0 : 3)
            }
        }
    }

    @Test(arguments: ["", "/nonexistent/folder/socket", "/tmp/" + String(repeating: "x", count: 120)])
    func `a path that cannot hold a socket is refused`(path: String) {
        #expect { try FastCGIListener(socketPath: path) } throws: { error in
            (error as? FastCGIError)?.code == .socket
        }
    }
}
