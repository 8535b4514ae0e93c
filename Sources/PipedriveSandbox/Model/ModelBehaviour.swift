import Synchronization

/// How the pretended model is to answer, and what it was asked.
final class ModelBehaviour: Sendable {
    /// A mode, for how many questions it holds, and how long a time-out is.
    struct Setting: Sendable {
        var mode = ModelMode.good
        /// How many more questions the mode is for; nil means all.
        var remaining: Int?
        var holdSeconds = 120.0
    }

    /// One question and the answer to it.
    struct Entry: Sendable {
        var number = 0
        let at: Timestamp
        let path: String
        let mode: ModelMode
        let hasKey: Bool
        let question: JSON
        var answer: String?
        var status: Int
    }

    private struct Contents {
        var setting = Setting()
        var entries: [Entry] = []
        var lastNumber = 0
    }

    private static let memory = 500
    private let contents = Mutex(Contents())

    var setting: Setting { contents.withLock { $0.setting } }
    var entries: [Entry] { contents.withLock { $0.entries } }

    func set(_ setting: Setting) { contents.withLock { $0.setting = setting } }

    func forget() { contents.withLock { $0.entries = [] } }

    /// The mode for one question, which uses it up by one.
    func draw() -> Setting {
        contents.withLock { contents in
            let drawn = contents.setting
            if let remaining = drawn.remaining {
                contents.setting.remaining = remaining - 1
                if remaining <= 1 { contents.setting = Setting() }
            }
            return drawn
        }
    }

    /// Keeps the newest questions; answers the number given to this one.
    func add(_ entry: Entry) -> Int {
        contents.withLock { contents in
            contents.lastNumber += 1
            var entry = entry
            entry.number = contents.lastNumber
            contents.entries.append(entry)
            if contents.entries.count > Self.memory { contents.entries.removeFirst() }
            return entry.number
        }
    }

    /// Notes the answer to a question.
    func note(_ number: Int, answer: String?, status: Int) {
        contents.withLock { contents in
            guard let place = contents.entries.firstIndex(where: { $0.number == number }) else { return }
            contents.entries[place].answer = answer
            contents.entries[place].status = status
        }
    }
}

extension ModelBehaviour.Entry {
    var json: JSON {
        [
            "number": .int(number), "at": .string(at.rfc3339WithMilliseconds), "path": .string(path),
            "mode": .string(mode.rawValue), "has_key": .bool(hasKey), "question": question,
            "answer": .optional(answer), "status": .int(status),
        ]
    }
}
