import Bootstrap
import Domain
import Foundation
import Glibc
import Logging
import Synchronization
import Workflows

/// Many callers of one process that all want access at once, wired as every program is.
///
/// Usage: `RefreshStorm COMPANY CALLERS GATE`. Says `ready`, waits for the file `GATE`, and prints one line of JSON: how
/// many callers got access, how many different tokens they got, and what the others were told.
@main
struct StormProgram {
    struct Outcome: Encodable {
        var served = 0
        var tokenDigests: Set<String> = []
        var failures: [String] = []
        /// How many had asked already when the first was served.
        var askedBeforeFirstAnswer = 0
    }

    static func main() async throws {
        let words = CommandLine.arguments
        guard words.count == 4, let company = Company.ID(text: words[1]), let callers = Int(words[2]) else {
            throw Usage()
        }
        let name = "refresh-storm-\(getpid())"
        let environment = try Program.environment(name, logger: Program.logger(name))
        FileHandle.standardOutput.write(Data("ready\n".utf8))
        while access(words[3], F_OK) != 0 { try await Task.sleep(for: .milliseconds(2)) }
        let outcome = await storm(environment, company, callers)
        FileHandle.standardOutput.write(try JSONEncoder().encode(outcome) + Data("\n".utf8))
    }

    private struct Usage: Error {}

    private static func storm(_ environment: Environment, _ company: Company.ID, _ callers: Int) async -> Outcome {
        let (tokens, secrets, tally) = (environment.accessTokens, environment.secrets, Tally())
        await withTaskGroup { group in
            for _ in 0..<callers {
                group.addTask {
                    tally.ask()
                    do {
                        let token = try await tokens.access(company: company).accessToken
                        tally.serve(Data(secrets.digest(token.reveal())).base64EncodedString())
                    } catch {
                        tally.fail("\(error)")
                    }
                }
            }
        }
        return tally.outcome
    }
}

/// Counts callers and what they were told.
private final class Tally: Sendable {
    private let state = Mutex((asked: 0, outcome: StormProgram.Outcome()))

    var outcome: StormProgram.Outcome { state.withLock { $0.outcome } }

    func ask() { state.withLock { $0.asked += 1 } }

    func serve(_ digest: String) {
        state.withLock { state in
            if state.outcome.served == 0 { state.outcome.askedBeforeFirstAnswer = state.asked }
            state.outcome.served += 1
            state.outcome.tokenDigests.insert(digest)
        }
    }

    func fail(_ reason: String) { state.withLock { $0.outcome.failures.append(reason) } }
}
