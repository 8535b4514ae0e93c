import ArgumentParser
import Bootstrap
import Domain

/// `paydock keys …`
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "The keys that seal tokens; they never enter the database.",
        subcommands: [Generate.self, Rotate.self, List.self, Retire.self])

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

    /// `paydock keys rotate`
    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Adds a key and seals everything anew under it, while everything runs.",
            discussion: """
                Cut off, it goes on where it was when it is run again. Earlier keys stay in the keyring, so that backups \
                can be restored; paydock keys retire takes one out.

                Where several hosts share the database: run it with --prepare, copy the keyring to every host, and run it \
                without; then copy the keyring once more.
                """)

        @Option(help: "Companies per batch.")
        var batch = 100
        @Flag(help: "Only add the key; the next rotation uses it.")
        var prepare = false
        @Flag(help: "Print facts as JSON.")
        var json = false

        func validate() throws {
            guard batch > 0 else { throw ValidationError("--batch must be above 0.") }
        }

        func run() async throws {
            do {
                let outcome = try Installation(settings: try Program.settings()).keyRotation()
                    .rotate(batchesOf: batch, isPreparing: prepare) { count in
                        if !json { print("\(count) rows sealed anew") }
                    }
                if json {
                    try Facts.print(Report(outcome, isPreparing: prepare))
                } else if prepare {
                    print("Key \(outcome.keyID) was added. Copy the keyring to every host, then rotate.")
                } else {
                    print(
                        outcome.isResumed ? "The earlier rotation is finished." : "The rotation is finished.",
                        "Key \(outcome.keyID) seals; \(outcome.resealedCount) rows were sealed anew.")
                }
            } catch let refusal as Refusal {
                throw ValidationError(refusal.message)
            }
        }

        private struct Report: Encodable {
            let key_id: String
            let is_resumed: Bool
            let is_prepared: Bool
            let resealed_count: Int

            init(_ outcome: KeyRotation.Outcome, isPreparing: Bool) {
                (key_id, is_resumed) = (outcome.keyID, outcome.isResumed)
                (is_prepared, resealed_count) = (isPreparing, outcome.resealedCount)
            }
        }
    }

    /// `paydock keys list`
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The ids of the keys, the current one first, and how much is sealed under each.")

        @Flag(help: "Print facts as JSON.")
        var json = false

        func run() async throws {
            let (keys, missing) = try Installation(settings: try Program.settings()).keyRotation().keys()
            if json {
                try Facts.print(Report(key_ids: keys.map(\.id), keys: keys, missing: missing))
            } else {
                for key in keys {
                    print("\(key.id)  \(key.isCurrent ? "seals" : "opens")  \(key.sealedCount) values")
                }
                for key in missing { print("\(key.id)  is not in the keyring  \(key.sealedCount) values") }
            }
            if !missing.isEmpty { throw ExitCode.failure }
        }

        private struct Report: Encodable {
            let key_ids: [String]
            let keys: [KeyRotation.Key]
            let missing: [KeyRotation.Key]
        }
    }

    /// `paydock keys retire`
    struct Retire: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes a key out of the keyring for good. Refused while anything is sealed under it.")

        @Argument(help: "The key's id.")
        var id: String
        @Flag(help: "Print facts as JSON.")
        var json = false

        func run() async throws {
            do {
                try Installation(settings: try Program.settings()).keyRotation().retire(id)
            } catch let refusal as Refusal {
                throw ValidationError(refusal.message)
            }
            if json { try Facts.print(["retired": id]) } else { print("Key \(id) is retired.") }
        }
    }
}
