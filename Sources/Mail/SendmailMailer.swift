public import Domain
import FoundationEssentials

/// Hands letters to a program with sendmail's interface: `program -i -t`, the message on its standard input.
public struct SendmailMailer: Mailer {
    private let command: [String]
    private let timeout: Duration

    /// - Parameters:
    ///   - command: the program's path, with further arguments behind spaces if it needs some.
    ///   - timeout: after which the program is killed; shorter than the queue's lease.
    public init(command: String, timeout: Duration = .seconds(60)) {
        self.command = command.split(separator: " ").map(String.init) + ["-i", "-t"]
        self.timeout = timeout
    }

    /// Hands one letter over.
    public func send(_ letter: Letter) async -> MailOutcome {
        do {
            let message = try MIMEMessage(letter)
            let child = try ChildProcess(command, input: message.bytes)
            return Self.outcome(try await child.end(within: timeout), said: child.complaint())
        } catch let failure as MIMEMessage.Failure {
            return .refused(failure.description)
        } catch let failure as ChildProcess.StartFailure {
            return .postponed(failure.description)
        } catch {
            return .unclear("The mail program was left alone: \(error)")
        }
    }

    // The codes of sysexits.h. Whatever else is not 0 did not take the mail either, and may next time.
    static func outcome(_ ending: ChildProcess.Ending, said: String) -> MailOutcome {
        let words = said.isEmpty ? "" : ": \(said)"
        return switch ending {
        case .exited(0): .sent
        case .exited(let code) where [64, 65, 66, 67, 68, 76, 77, 78].contains(code):
            .refused("The mail program refused the mail with code \(code)\(words)")
        case .exited(let code): .postponed("The mail program ended with code \(code)\(words)")
        case .killed(let signal): .unclear("The mail program was ended by signal \(signal)\(words)")
        case .timedOut: .unclear("The mail program did not end in time and was stopped\(words)")
        }
    }
}
