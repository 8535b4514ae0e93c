import Foundation

/// Starts programs with an installation's environment, their output in its log folder.
struct Programs: Sendable {
    let folder: String
    let repository: String
    let path: String

    init(folder: String) throws {
        let own = ProcessInfo.processInfo.environment
        let package = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized.path
        self.folder = folder
        repository = own["PAYDOCK_REPOSITORY"] ?? package
        let binaries = own["PAYDOCK_BINARIES"] ?? "\(package)/.build/debug"
        guard FileManager.default.isExecutableFile(atPath: "\(binaries)/fcgi-app") else {
            throw Failure("There are no built programs in \(binaries); PAYDOCK_BINARIES names their folder")
        }
        path = "\(binaries):\(own["PATH"] ?? "/usr/bin:/bin"):/usr/sbin:/sbin"
    }

    var settingsFile: String { "\(folder)/paydock.env" }
    var logFolder: String { "\(folder)/log" }

    private var environment: [String: String] {
        [
            "PATH": path, "HOME": folder, "LANG": "C.UTF-8", "SWIFT_BACKTRACE": "enable=no",
            "PAYDOCK_ENV_FILE": settingsFile, Reaper.mark: folder,
        ]
    }

    func start(_ name: String, _ command: [String], adding: [String: String] = [:]) throws -> Part {
        try Part(
            name, command, environment: environment.merging(adding) { $1 }, log: "\(logFolder)/\(name).log")
    }

    /// Runs to the end; what it printed. Throws when it did not succeed.
    @discardableResult
    func run(_ command: [String]) async throws -> String {
        let name = "run-\(UUID().uuidString)"
        let status = try await start(name, command).exitStatus()
        let log = "\(logFolder)/\(name).log"
        let output = String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
        guard status == 0 else { throw Failure("\(command.joined(separator: " ")) ended with \(status):\n\(output)") }
        try FileManager.default.removeItem(atPath: log)
        return output
    }

    /// The last lines of every log, for a failure's message.
    func logs() -> String {
        let names = FileManager.default.enumerator(atPath: logFolder)?.compactMap { $0 as? String } ?? []
        return names.sorted().map { name in
            let content = FileManager.default.contents(atPath: "\(logFolder)/\(name)") ?? Data()
            let lines = String(decoding: content.suffix(60_000), as: UTF8.self).split(separator: "\n")
            let telling = lines.filter { !$0.contains("Request answered") }
            return "== \(name)\n" + telling.suffix(25).joined(separator: "\n")
        }.joined(separator: "\n")
    }
}
