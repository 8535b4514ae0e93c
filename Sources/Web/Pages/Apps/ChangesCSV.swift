import Domain
import FoundationEssentials

/// Changes as a file for a spreadsheet: RFC 4180, one line a field, UTF-8 with the mark that spreadsheets know it by.
struct ChangesCSV: Sendable {
    private(set) var bytes: [UInt8] = []

    /// The beginning of the file, or a piece of it.
    init(isBeginning: Bool) {
        guard isBeginning else { return }
        bytes = [0xEF, 0xBB, 0xBF]
        append([
            "Time (UTC)", "Record", "Number in Pipedrive", "PayDock id", "Name", "What", "Field", "Before", "After",
        ])
    }

    mutating func append(_ changes: [SyncChange], isPreview: Bool) {
        for change in changes {
            let start = [
                change.happenedAt.formatted(.iso8601), RecordWords.singular(change.kind),
                change.recordID.map { RecordWords.number(change.kind, $0) } ?? "",
                change.localID?.uuidString.lowercased() ?? "", change.name,
                RecordWords.action(change.action, isPreview: isPreview),
            ]
            let fields = change.fields.filter { !$0.before.isEmpty || !$0.after.isEmpty }
            if fields.isEmpty { append(start + ["", "", ""]) }
            for field in fields {
                append(
                    start + [
                        RecordWords.field(field.name), RecordWords.value(field.before, of: field.name),
                        RecordWords.value(field.after, of: field.name),
                    ])
            }
        }
    }

    private mutating func append(_ cells: [String]) {
        for (place, cell) in cells.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += Self.cell(cell).utf8
        }
        bytes += "\r\n".utf8
    }

    /// A spreadsheet would run what begins like a formula: an apostrophe makes it text. What holds a comma, a quotation
    /// mark or a line break is quoted.
    static func cell(_ text: String) -> String {
        let dangerous: Set<Unicode.Scalar> = [
            "=", "+", "-", "@", "\t", "\r", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}",
        ]
        let safe = text.unicodeScalars.first.map(dangerous.contains) ?? false ? "'" + text : text
        guard safe.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }
}
