import Foundation
import PostgresTestSupport
import Sodium

/// The operator's real tool, beside a keyring file of its own, on the stores' database.
final class OperatorProgram {
    private let folder: URL
    private let environment: [String: String]

    /// Where the keyring is.
    var keyringFile: String { folder.appending(path: "keyring").path }

    init(_ stores: Stores) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "keys-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        environment = [
            "PAYDOCK_DATABASE_URL": MigratedTemplate.loginURL(to: stores.database),
            "PAYDOCK_KEYRING": folder.appending(path: "keyring").path, "SWIFT_BACKTRACE": "enable=no",
        ]
        let isWritten = FileManager.default.createFile(
            atPath: keyringFile, contents: Data(stores.keyring.text.utf8), attributes: [.posixPermissions: 0o600])
        guard isWritten else { throw NeverHappened(description: "the keyring could not be written") }
    }

    func remove() throws { try FileManager.default.removeItem(at: folder) }

    /// The keyring as it stands in the file.
    func keyring() throws -> Keyring {
        try Keyring.parse(String(decoding: Data(contentsOf: URL(filePath: keyringFile)), as: UTF8.self))
    }

    /// A run that goes on by itself.
    struct Run {
        fileprivate let process: Process
        fileprivate let output: Pipe

        /// Ends it as a power failure would; true when that is what ended it.
        func kill() -> Bool {
            Glibc.kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            return process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGKILL
        }
    }

    func start(_ arguments: String...) throws -> Run { try start(arguments) }

    private func start(_ arguments: [String]) throws -> Run {
        let process = Process()
        process.executableURL = Self.binaries.appending(path: "paydock")
        process.arguments = arguments
        process.environment = environment
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        return Run(process: process, output: output)
    }

    /// Runs to the end: the exit status, and what it printed on both outputs.
    func run(_ arguments: String...) throws -> (status: Int32, text: String) {
        let run = try start(arguments)
        let bytes = try run.output.fileHandleForReading.readToEnd() ?? Data()
        run.process.waitUntilExit()
        return (run.process.terminationStatus, String(decoding: bytes, as: UTF8.self))
    }

    /// Beside the tests, unless the environment names another folder.
    private static var binaries: URL {
        ProcessInfo.processInfo.environment["PAYDOCK_BINARIES"].map { URL(filePath: $0) }
            ?? URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../.build/debug").standardized
    }
}
