import ArgumentParser
import Bootstrap

/// `paydock doctor`
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Looks at settings, keyring, database and schema; changes nothing.")

    @Flag(help: "Print facts as JSON.")
    var json = false

    func run() async throws {
        let findings = Installation(settings: try Program.settings()).findings()
        if json {
            try Facts.print(findings)
        } else {
            for finding in findings { print("\(finding.check): \(finding.problem ?? "fine")") }
        }
        if findings.contains(where: { $0.problem != nil }) { throw ExitCode.failure }
    }
}
