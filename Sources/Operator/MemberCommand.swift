import ArgumentParser
import Bootstrap
import Domain
import Workflows

/// `paydock member …`
struct MemberCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "member", abstract: "People who log in.", subcommands: [Reset.self])

    /// `paydock member reset`
    struct Reset: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Gives a member a new password, read from standard input, and ends their sessions.")

        @Option(help: "Login e-mail.")
        var email: String
        @Flag(help: "Print facts as JSON.")
        var json = false

        func run() async throws {
            guard let password = readLine(strippingNewline: true), !password.isEmpty else {
                throw ValidationError("Give the new password on standard input.")
            }
            do {
                try Installation(settings: try Program.settings()).accounts()
                    .resetPassword(email: email, password: Secret(password))
            } catch let refusal as Refusal {
                throw ValidationError(refusal.message)
            }
            if json { try Facts.print(["email": email]) } else { print("The password was replaced.") }
        }
    }
}
