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
        var line: [UInt8] = []
        line.reserveCapacity(512)
        Self.append("time", Self.now(), to: &line)
        Self.append("level", event.level.rawValue, to: &line)
        Self.append("process", process, to: &line)
        Self.append("message", "\(event.message)", to: &line)
        for (name, value) in fields(of: event) { Self.append(name, Self.text(of: value), to: &line) }
        line += [UInt8(ascii: "}"), UInt8(ascii: "\n")]
        // Nowhere to report to when standard error itself fails.
        _ = write(STDERR_FILENO, line, line.count)
    }

    private func fields(of event: LogEvent) -> [(key: String, value: Logger.MetadataValue)] {
        let own = event.metadata ?? [:]
        let all = metadata.isEmpty ? own : metadata.merging(own) { $1 }
        return all.sorted { $0.key < $1.key }
    }

    private static func text(of value: Logger.MetadataValue) -> String {
        if case .string(let text) = value { text } else { "\(value)" }
    }

    /// `2026-11-25T14:32:01.123Z`. By hand: through a calendar it would cost more than all the rest of a request's line.
    private static func now() -> String {
        var (time, parts) = (timespec(), tm())
        clock_gettime(CLOCK_REALTIME, &time)
        gmtime_r(&time.tv_sec, &parts)
        let year = Int(parts.tm_year) + 1900
        let pairs = [
            year / 100, year % 100, Int(parts.tm_mon) + 1, Int(parts.tm_mday), Int(parts.tm_hour), Int(parts.tm_min),
            Int(parts.tm_sec),
        ]
        var text: [UInt8] = []
        text.reserveCapacity(24)
        for (pair, separator) in zip(pairs, ["", "-", "-", "T", ":", ":", "."]) {
            text.append(UInt8(ascii: "0") + UInt8(pair / 10))
            text.append(UInt8(ascii: "0") + UInt8(pair % 10))
            text += separator.utf8
        }
        let milliseconds = time.tv_nsec / 1_000_000
        for digit in [milliseconds / 100, milliseconds / 10 % 10, milliseconds % 10] {
            text.append(UInt8(ascii: "0") + UInt8(digit))
        }
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }

    private static func append(_ name: String, _ value: String, to line: inout [UInt8]) {
        line.append(line.isEmpty ? UInt8(ascii: "{") : UInt8(ascii: ","))
        append(name, to: &line)
        line.append(UInt8(ascii: ":"))
        append(value, to: &line)
    }

    private static func append(_ text: String, to line: inout [UInt8]) {
        line.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): line += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): line += "\\n".utf8
            case ..<32:
                let digits = String(byte, radix: 16)
                line += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
            default: line.append(byte)
            }
        }
        line.append(UInt8(ascii: "\""))
    }
}
