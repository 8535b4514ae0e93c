import FoundationEssentials
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
            ("time", Date().formatted(.iso8601.dateSeparator(.dash).time(includingFractionalSeconds: true))),
            ("level", event.level.rawValue), ("process", process), ("message", "\(event.message)"),
        ]
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        fields += all.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
        let body = fields.map { "\(Self.quoted($0.0)):\(Self.quoted($0.1))" }.joined(separator: ",")
        let line = Array("{\(body)}\n".utf8)
        // Nowhere to report to when standard error itself fails.
        _ = write(STDERR_FILENO, line, line.count)
    }

    private static func quoted(_ text: String) -> String {
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
