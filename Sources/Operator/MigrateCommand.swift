import ArgumentParser
import Bootstrap

/// `paydock migrate`
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Brings the database to this version. Harmless to repeat.")

    @Flag(help: "Print facts as JSON.")
    var json = false

    func run() async throws {
        do {
            let applied = try Installation(settings: try Program.settings()).migrate()
            if json {
                try Facts.print(["applied": applied])
            } else {
                print(applied.isEmpty ? "The schema is up to date." : "Applied: \(applied.joined(separator: ", ")).")
            }
        } catch {
            guard let statements = Installation.missingStatements(error) else { throw error }
            print(statements)
            throw ValidationError("This login role may not create roles. Run the statements above as one that may.")
        }
    }
}
