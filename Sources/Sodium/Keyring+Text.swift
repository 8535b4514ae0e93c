extension Keyring {
    /// Reads the text form: lines `key <id> <base64url>`, one line `current <id>`, empty lines, and comments after `#`.
    ///
    /// Throws `malformedKeyring` with the line's number and never its content.
    public static func parse(_ text: String) throws -> Keyring {
        var keys: [SealingKey] = []
        var current: (id: String, line: Int)?
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace).map(String.init)
            guard let first = words.first else { continue }
            let number = index + 1
            switch (first, words.count) {
            case ("key", 3):
                let key = try key(id: words[1], text: words[2], line: number)
                guard !keys.contains(where: { $0.id == key.id }) else { throw fault(.duplicateID, number) }
                keys.append(key)
            case ("current", 2):
                guard current == nil else { throw fault(.secondCurrent, number) }
                current = (words[1], number)
            default: throw fault(.unknownLine, number)
            }
        }
        guard let current else { throw fault(.missingCurrent, 0) }
        guard keys.contains(where: { $0.id == current.id }) else { throw fault(.unknownCurrent, current.line) }
        return try Keyring(keys: keys, currentID: current.id)
    }

    /// The text form.
    ///
    /// It holds the keys: for a file that only its owner reads.
    public var text: String {
        let lines = keys.map { "key \($0.id) \(Base64URL.text(of: $0.bytes))" } + ["current \(currentID)"]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func key(id: String, text: String, line: Int) throws -> SealingKey {
        guard SealingKey.isValid(id: id) else { throw fault(.invalidID, line) }
        guard let bytes = Base64URL.bytes(from: text) else { throw fault(.invalidKeyBytes, line) }
        do {
            return try SealingKey(id: id, bytes: bytes)
        } catch {
            throw fault(.invalidKeyBytes, line)
        }
    }

    private static func fault(_ reason: KeyringFault, _ line: Int) -> SodiumError {
        .malformedKeyring(line: line, reason: reason)
    }
}
