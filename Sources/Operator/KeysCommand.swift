import ArgumentParser
import Bootstrap

/// `paydock keys …`
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "The keys that seal tokens; they never enter the database.",
        subcommands: [Generate.self, List.self])

    /// `paydock keys generate`
    struct Generate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes the keyring that PAYDOCK_KEYRING names, mode 0600. Never overwrites one.")

        @Flag(help: "Print facts as JSON.")
        var json = false

        func run() async throws {
            let id = try Installation(settings: try Program.settings()).generateKeys()
            if json { try Facts.print(["key_id": id]) } else { print("Key \(id) was made.") }
        }
    }

    /// `paydock keys list`
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The ids of the keys, the current one first.")

        @Flag(help: "Print facts as JSON.")
        var json = false

        func run() async throws {
            let ids = try Installation(settings: try Program.settings()).keyIDs()
            if json { try Facts.print(["key_ids": ids]) } else { print(ids.joined(separator: "\n")) }
        }
    }
}
