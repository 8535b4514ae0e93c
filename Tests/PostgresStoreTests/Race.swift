import Dispatch
import Foundation
import Postgres
import PostgresTestSupport
import Synchronization

/// Runs the body at the same time on as many threads, which start together; the results in the order of the threads.
func race<R: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Int) throws -> R
) -> [Result<R, any Error>] {
    let (ready, gate, done) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let results = Collected<R>()
    for index in 0..<count {
        Thread.detachNewThread {
            ready.signal()
            gate.wait()
            results.put(index, Result { try body(index) })
            done.signal()
        }
    }
    for _ in 0..<count { ready.wait() }
    for _ in 0..<count { gate.signal() }
    for _ in 0..<count { done.wait() }
    return results.inOrder
}

/// A thread for each step of its tasks, so that calls that block for a lock do not use up the few threads of the pool,
/// which whoever holds the lock needs to go on.
final class OwnThreads: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        let (job, executor) = (UnownedJob(job), asUnownedTaskExecutor())
        Thread.detachNewThread { job.runSynchronously(on: executor) }
    }
}

private final class Collected<R: Sendable>: Sendable {
    private let table = Mutex<[Int: Result<R, any Error>]>([:])

    func put(_ index: Int, _ result: Result<R, any Error>) { table.withLock { $0[index] = result } }

    var inOrder: [Result<R, any Error>] {
        table.withLock { table in table.sorted { $0.key < $1.key }.map(\.value) }
    }
}

extension Result {
    var value: Success? {
        if case .success(let value) = self { value } else { nil }
    }
    var failure: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}

/// Counts what happens on any thread.
final class Counter: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    @discardableResult
    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}

struct NeverHappened: Error, CustomStringConvertible {
    let description: String
}

extension Stores {
    /// Waits until so many sessions of this database wait for a lock.
    func waitForBlockedSessions(_ count: Int = 1) throws {
        try wait(
            for: "\(count) sessions waiting for a lock",
            """
            select count(*) >= \(count) as value from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'
            """)
    }

    /// Asks until the statement's `value` is true; a minute without is a failure.
    func wait(for what: String, _ condition: SQL) throws {
        let connection = try database.connect()
        defer { connection.close() }
        let deadline = ContinuousClock.now + .seconds(60)
        while try connection.query(condition).first?.bool("value") != true {
            guard ContinuousClock.now < deadline else { throw NeverHappened(description: "never seen: \(what)") }
            Thread.sleep(forTimeInterval: 0.005)
        }
    }
}
