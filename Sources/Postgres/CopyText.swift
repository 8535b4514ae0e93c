/// Rows in the text format of `COPY`: PostgreSQL manual, "COPY", section "Text Format".
struct CopyText {
    private(set) var bytes: [UInt8] = []

    private static let hexDigits = Array("0123456789abcdef".utf8)

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
    }

    mutating func append(_ row: [PostgresBind]) throws(PostgresError) {
        for (index, bind) in row.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: "\t")) }
            switch bind {
            case .null: bytes += "\\N".utf8
            case .text(let text):
                guard !text.containsNUL else {
                    throw PostgresError(
                        .invalidBind, place: "copy", reason: "value \(index + 1) of a row holds a NUL character")
                }
                append(escaping: text)
            case .binary(let content):
                bytes += "\\\\x".utf8
                for byte in content {
                    bytes.append(Self.hexDigits[Int(byte >> 4)])
                    bytes.append(Self.hexDigits[Int(byte & 15)])
                }
            }
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    private mutating func append(escaping text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): bytes += "\\\\".utf8
            case UInt8(ascii: "\n"): bytes += "\\n".utf8
            case UInt8(ascii: "\r"): bytes += "\\r".utf8
            case UInt8(ascii: "\t"): bytes += "\\t".utf8
            default: bytes.append(byte)
            }
        }
    }
}
