import Foundation
import Synchronization

/// A child process whose output goes to a log file.
final class Part: Sendable {
    let name: String
    let id: Int32
    private let ending: Ending

    /// Remembers how the process ended, and wakes who waits for it.
    private final class Ending: Sendable {
        private struct State {
            var status: Int32?
            var waiting: [CheckedContinuation<Int32, Never>] = []
        }

        private let state = Mutex(State())

        var status: Int32? { state.withLock { $0.status } }

        func finish(_ status: Int32) {
            let waiting = state.withLock { state in
                state.status = status
                defer { state.waiting = [] }
                return state.waiting
            }
            for continuation in waiting { continuation.resume(returning: status) }
        }

        func wait() async -> Int32 {
            await withCheckedContinuation { continuation in
                let status = state.withLock { state in
                    if state.status == nil { state.waiting.append(continuation) }
                    return state.status
                }
                if let status { continuation.resume(returning: status) }
            }
        }
    }

    /// Starts a program; a name without a slash is looked up in the path of `environment`.
    init(
        _ name: String, _ command: [String], environment: [String: String], log: String, input: Pipe? = nil
    ) throws {
        if !FileManager.default.fileExists(atPath: log) {
            guard FileManager.default.createFile(atPath: log, contents: nil) else { throw Failure("No log at \(log)") }
        }
        let output = try FileHandle(forWritingTo: URL(filePath: log)).seekedToEnd()
        let ending = Ending()
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        // The thread that starts it blocks signals, which a child would inherit: nothing could ask it to stop.
        process.arguments = ["--default-signal"] + command
        process.environment = environment
        process.standardInput = input ?? FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        process.terminationHandler = { ending.finish($0.terminationStatus) }
        try process.run()
        try output.close()
        self.name = name
        self.id = process.processIdentifier
        self.ending = ending
    }

    var isRunning: Bool { ending.status == nil }

    /// Waits for the end; the exit status, or the signal's number.
    func exitStatus() async -> Int32 { await ending.wait() }

    func signal(_ number: Int32) { kill(id, number) }
}

extension FileHandle {
    /// The same handle, at the end of its file.
    func seekedToEnd() throws -> FileHandle {
        try seekToEnd()
        return self
    }
}

/// The processes of this machine, as the kernel lists them.
enum ProcessTable {
    /// The children of a process.
    static func children(of parent: Int32) throws -> [Int32] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }.filter { id in
            parentID(of: id) == parent
        }
    }

    /// Nil for a process that has gone meanwhile.
    private static func parentID(of id: Int32) -> Int32? {
        guard let stat = FileManager.default.contents(atPath: "/proc/\(id)/stat") else { return nil }
        // The name, in brackets, may hold anything; state and parent follow its last bracket.
        let fields = String(decoding: stat, as: UTF8.self).split(separator: ")").last?.split(separator: " ") ?? []
        return fields.count > 1 ? Int32(fields[1]) : nil
    }
}
