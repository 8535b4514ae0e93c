internal import HTTPTypes

/// Collects the header fields of a response, line by line.
struct ResponseHeadReader {
    private static let maxByteCount = 256 << 10

    private var fields = HTTPFields()
    private var byteCount = 0
    private var isComplete = false

    /// Takes one line as libcurl hands it over; false when all lines together are too many bytes.
    mutating func read(_ line: UnsafeRawBufferPointer) -> Bool {
        byteCount += line.count
        guard byteCount <= Self.maxByteCount else { return false }
        if line.starts(with: "HTTP/".utf8) {
            // A head after a head: the one before was informational (1xx).
            fields = HTTPFields()
            isComplete = false
        } else if isComplete {
            // Trailer fields come after the body and say nothing we use.
        } else if line.allSatisfy({ $0 == 13 || $0 == 10 }) {
            isComplete = true
        } else if let colon = line.firstIndex(of: 58),
            let name = HTTPField.Name(String(decoding: line[..<colon], as: UTF8.self))
        {
            fields.append(HTTPField(name: name, lenientValue: Self.trimmed(line[(colon + 1)...])))
        }
        return true
    }

    /// The fields, less the encoding that libcurl has undone and the length that went with it.
    func fieldsWithoutEncoding() -> HTTPFields {
        guard fields[.contentEncoding] != nil else { return fields }
        var fields = fields
        fields[.contentEncoding] = nil
        fields[.contentLength] = nil
        return fields
    }

    private static func trimmed(_ value: Slice<UnsafeRawBufferPointer>) -> [UInt8] {
        func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 13 || byte == 10 }
        guard let end = value.lastIndex(where: { !isBlank($0) }) else { return [] }
        return Array(value[...end].drop(while: isBlank))
    }
}
