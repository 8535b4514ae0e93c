import Foundation

/// Prints facts for other programs.
enum Facts {
    static func print(_ facts: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        Swift.print(String(decoding: try encoder.encode(facts), as: UTF8.self))
    }
}
