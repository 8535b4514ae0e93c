import Glibc
public import Logging

/// One JSON object per line on standard error: time, level, sentence, metadata.
public struct JSONLineLogHandler: LogHandler {
    /// What is left out below.
    public var logLevel: Logger.Level = .info
    /// On every line of this logger.
    public var metadata: Logger.Metadata = [:]
    private let process: String

    /// - Parameter process: the program's name, on every line.
    public init(process: String) {
        self.process = process
    }

    /// One value of the metadata.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes a line in one call, so that lines of several processes never mix.
    public func log(event: LogEvent) {
        var fields = [
            ("time", Self.now()),
            ("level", event.level.rawValue), ("process", process), ("message", "\(event.message)"),
        ]
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        fields += all.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
        let body = fields.map { "\(Self.quoted($0.0)):\(Self.quoted($0.1))" }.joined(separator: ",")
        let line = Array("{\(body)}\n".utf8)
        // Nowhere to report to when standard error itself fails.
        _ = write(STDERR_FILENO, line, line.count)
    }

    /// `2026-11-25T14:32:01.123Z`. By hand: through a calendar it would cost more than all the rest of a request's line.
    private static func now() -> String {
        var (time, parts) = (timespec(), tm())
        clock_gettime(CLOCK_REALTIME, &time)
        gmtime_r(&time.tv_sec, &parts)
        func digits(_ value: some BinaryInteger, _ count: Int = 2) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
        }
        return "\(digits(parts.tm_year + 1900, 4))-\(digits(parts.tm_mon + 1))-\(digits(parts.tm_mday))T"
            + "\(digits(parts.tm_hour)):\(digits(parts.tm_min)):\(digits(parts.tm_sec))"
            + ".\(digits(time.tv_nsec / 1_000_000, 3))Z"
    }

    private static func quoted(_ text: String) -> String {
        // Nearly every text can stand as it is.
        if text.utf8.allSatisfy({ $0 >= 32 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
            return "\"\(text)\""
        }
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case _ where scalar.value < 32:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
