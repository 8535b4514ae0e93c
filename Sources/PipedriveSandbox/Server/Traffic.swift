import Synchronization

/// The requests seen, newest last, and what they cost.
final class Traffic: Sendable {
    struct Entry: Sendable {
        var number = 0
        let at: Timestamp
        let method: String
        let path: String
        /// The route's pattern, nil when no route fits.
        let route: String?
        /// Zero when the connection was broken off without an answer.
        let status: Int
        let cost: Int
        let problems: [String]
        let milliseconds: Int
        let faultID: Int?

        /// Whether the documents allow the request as it was.
        var isValid: Bool { problems.isEmpty }
    }

    private struct Contents {
        var entries: [Entry] = []
        var lastNumber = 0
        var totals: [String: (count: Int, tokens: Int)] = [:]
    }

    private static let memory = 20_000
    private let contents = Mutex(Contents())

    var entries: [Entry] { contents.withLock { $0.entries } }

    /// Calls and tokens per route since the start or the last clearing.
    var totals: [(route: String, count: Int, tokens: Int)] {
        contents.withLock { $0.totals.map { ($0.key, $0.value.count, $0.value.tokens) } }.sorted { $0.route < $1.route }
    }

    func add(_ entry: Entry) {
        contents.withLock { contents in
            contents.lastNumber += 1
            var entry = entry
            entry.number = contents.lastNumber
            contents.entries.append(entry)
            if contents.entries.count > Self.memory * 2 { contents.entries.removeFirst(Self.memory) }
            guard let route = entry.route else { return }
            let name = "\(entry.method) \(route)"
            let total = contents.totals[name] ?? (0, 0)
            contents.totals[name] = (total.count + 1, total.tokens + entry.cost)
        }
    }

    func clear() {
        contents.withLock { contents in
            contents.entries = []
            contents.totals = [:]
        }
    }
}
