import Domain
import FoundationEssentials
import Workflows

/// The queue's figures in Prometheus' text format. Without figures only says that the database does not answer.
struct MetricsText {
    private(set) var text = ""

    init(_ health: Messages.Health?, now: Date) {
        add("paydock_up", "Whether the database answers.", [("", health == nil ? 0 : 1)])
        guard let health else { return }
        add(
            "paydock_queue_messages", "Messages by kind and state; of finished ones those of the last day.",
            health.counts.map { (Self.labels($0), Double($0.count)) })
        let open: Set<OutboxMessage.State> = [.available, .scheduled, .running, .retryable]
        add(
            "paydock_queue_oldest_seconds", "Age of the oldest unfinished message.",
            health.counts.filter { open.contains($0.state) }.compactMap { count in
                count.oldestAt.map { (Self.labels(count), max(0, now.timeIntervalSince($0))) }
            })
        add(
            "paydock_queue_finished_last_minute", "Messages finished in the last minute.",
            health.rates.map { ("{kind=\"\($0.kind.rawValue)\"}", Double($0.lastMinute)) })
        add(
            "paydock_connections_held", "Connections whose messages wait for an open breaker, a limit or a reconnect.",
            [("", Double(health.held.count))])
        add("paydock_drainers", "Drainers heard of in the last minute.", [("", Double(health.drainers.count))])
        add(
            "paydock_drainers_listening", "Of those, the ones that are notified rather than polling alone.",
            [("", Double(health.drainers.count { $0.hears }))])
    }

    // Kinds and states are words of ours: nothing in them has to be escaped.
    private static func labels(_ count: MessageCount) -> String {
        "{kind=\"\(count.kind.rawValue)\",state=\"\(count.state.rawValue)\"}"
    }

    private mutating func add(_ name: String, _ help: String, _ values: [(labels: String, value: Double)]) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) gauge\n"
        for (labels, value) in values {
            let number = value == value.rounded() ? String(Int(value)) : String(value)
            text += "\(name)\(labels) \(number)\n"
        }
    }
}
