import ArgumentParser
import Bootstrap
import Workflows

/// `paydock doctor`
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Looks at settings, keyring, database, schema and the panel's figures.")

    @Flag(help: "Print facts as JSON.")
    var json = false

    @Flag(help: "First make the panel's figures anew from the documents; writes to the books wait meanwhile.")
    var rebuildFigures = false

    func run() async throws {
        let installation = Installation(settings: try Program.settings())
        if rebuildFigures {
            let lines = try installation.figures().rebuild()
            if !json { print("The figures were made anew: \(lines) lines") }
        }
        let findings = installation.findings()
        if json {
            try Facts.print(findings)
        } else {
            for finding in findings { print("\(finding.check): \(finding.problem ?? "fine")") }
        }
        if findings.contains(where: { $0.problem != nil }) { throw ExitCode.failure }
    }
}
