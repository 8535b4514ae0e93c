import Foundation
import Testing

/// Without its keys no process works: it says so in one line and ends, before it reaches for anything.
struct EndToEndKeyringTests {
    /// What may be wrong with the keyring, and what is said.
    enum Fault: String, CaseIterable {
        case notNamed = "is missing"
        case absent = "names no file"
        case readableByAll = "must have mode 0600 or 0400"
        case noKeyring = "is no keyring"

        /// Puts the fault in place; the settings' line about the keyring.
        func make(_ file: String) throws -> String {
            let content =
                self == .noKeyring ? "key k1 short\n" : "key k1 \(String(repeating: "A", count: 43))\ncurrent k1\n"
            if self == .notNamed { return "" }
            if self != .absent {
                let mode = self == .readableByAll ? 0o644 : 0o600
                guard
                    FileManager.default.createFile(
                        atPath: file, contents: Data(content.utf8), attributes: [.posixPermissions: mode])
                else { throw Failure("No keyring at \(file)") }
            }
            return "PAYDOCK_KEYRING=\(file)"
        }
    }

    @Test(
        arguments: [["fcgi-app"], ["queue-drainer", "--once"], ["nightly-sync"], ["paydock", "doctor"]],
        Fault.allCases)
    func `a process without its keyring ends with one line that names it`(command: [String], fault: Fault) async throws
    {
        let folder = "/tmp/pdk-\(UUID().uuidString.prefix(8).lowercased())"
        try FileManager.default.createDirectory(
            atPath: "\(folder)/log", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: folder) } }
        let programs = try Programs(folder: folder)
        let settings = [
            // Nobody is there: a process that went on to the database would fail in other words.
            "PAYDOCK_DATABASE_URL=postgresql://nobody@127.0.0.1:1/none", "PAYDOCK_PUBLIC_URL=http://127.0.0.1:1",
            "PIPEDRIVE_CLIENT_ID=id", "PIPEDRIVE_CLIENT_SECRET=secret", try fault.make("\(folder)/keyring"),
        ]
        try settings.joined(separator: "\n").write(toFile: programs.settingsFile, atomically: true, encoding: .utf8)
        let status = try await programs.start("run", command).exitStatus()
        let output = try String(contentsOfFile: "\(programs.logFolder)/run.log", encoding: .utf8)
        #expect(status != 0)
        let lines = output.split(separator: "\n").filter { $0.contains("PAYDOCK_KEYRING") }
        #expect(lines.contains { $0.hasSuffix("PAYDOCK_KEYRING \(fault.rawValue)") }, "\(output)")
        guard command != ["paydock", "doctor"] else { return }
        #expect(output.split(separator: "\n").count == 1, "\(output)")
    }
}
