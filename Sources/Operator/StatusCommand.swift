import ArgumentParser
import Bootstrap
import Domain
import Workflows

/// `paydock status`
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "How many messages there are, by kind and state.")

    @Flag(help: "Print facts as JSON.")
    var json = false

    func run() async throws {
        let counts = try Installation(settings: try Program.settings()).messages().counts()
        if json {
            let pairs = counts.map { ("\($0.kind.rawValue).\($0.state.rawValue)", $0.count) }
            try Facts.print(Dictionary(pairs) { $0 + $1 })
        } else if counts.isEmpty {
            print("The queue is empty.")
        } else {
            for count in counts { print("\(count.kind.rawValue)\t\(count.state.rawValue)\t\(count.count)") }
        }
    }
}
