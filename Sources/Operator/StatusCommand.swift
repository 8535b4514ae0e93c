import ArgumentParser
import Bootstrap
import Domain
import Foundation
import Workflows

/// `paydock status`
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "How the queue is doing: depth by kind and state, rates, connections held back, drainers alive.")

    @Flag(help: "Print facts as JSON.")
    var json = false

    func run() async throws {
        let health = try Installation(settings: try Program.settings()).messages().health()
        let facts = StatusFacts(health, now: Date())
        if json { return try Facts.print(facts) }
        for line in facts.lines { print(line) }
    }
}

/// The status as other programs read it.
private struct StatusFacts: Encodable {
    struct Depth: Encodable {
        let kind: String
        let state: String
        let count: Int
        let oldest_seconds: Int?
    }

    struct Rate: Encodable {
        let kind: String
        let last_minute: Int
        let last_hour: Int
    }

    struct Held: Encodable {
        let company: String
        let reason: String
        let failures: Int
        let seconds: Int
    }

    struct Drainer: Encodable {
        let worker: String
        let alive_seconds: Int
        let silent_seconds: Int
        let listens: Bool
        let held: Int
    }

    let messages: [Depth]
    let finished: [Rate]
    let held_connections: [Held]
    let drainers: [Drainer]

    init(_ health: Messages.Health, now: Date) {
        func seconds(since date: Date) -> Int { Int(now.timeIntervalSince(date).rounded()) }
        messages = health.counts.map {
            Depth(
                kind: $0.kind.rawValue, state: $0.state.rawValue, count: $0.count,
                oldest_seconds: $0.oldestAt.map(seconds(since:)))
        }
        finished = health.rates.map {
            Rate(kind: $0.kind.rawValue, last_minute: $0.lastMinute, last_hour: $0.lastHour)
        }
        held_connections = health.held.map {
            Held(
                company: $0.companyID.text, reason: $0.reason, failures: $0.failureCount,
                seconds: max(0, -seconds(since: $0.until)))
        }
        drainers = health.drainers.map {
            Drainer(
                worker: $0.worker, alive_seconds: seconds(since: $0.startedAt),
                silent_seconds: seconds(since: $0.seenAt), listens: $0.hears, held: $0.heldCount)
        }
    }

    var lines: [String] {
        var lines = messages.isEmpty ? ["The queue is empty."] : ["kind\tstate\tcount\toldest"]
        lines += messages.map { "\($0.kind)\t\($0.state)\t\($0.count)\t\($0.oldest_seconds.map { "\($0) s" } ?? "")" }
        lines += finished.map {
            "finished\t\($0.kind)\t\($0.last_minute) in the last minute\t\($0.last_hour) in the last hour"
        }
        lines += held_connections.map { "held back\t\($0.company)\tfor \($0.seconds) s\t\($0.reason)" }
        lines += drainers.map {
            "drainer\t\($0.worker)\tfor \($0.alive_seconds) s\tholds \($0.held)\t\($0.listens ? "listens" : "polls")"
        }
        if drainers.isEmpty { lines.append("No drainer is alive: cron starts one each minute.") }
        return lines
    }
}
