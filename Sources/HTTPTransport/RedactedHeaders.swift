public import HTTPTypes

/// Header fields as a log may show them: every name, but a value only where it is known to be no secret.
///
/// A list of what may be seen, not of what must be hidden: a new kind of key is then hidden from its first day.
public struct RedactedHeaders: Sendable, CustomStringConvertible {
    private let fields: HTTPFields

    /// Wraps the fields.
    public init(_ fields: HTTPFields) {
        self.fields = fields
    }

    /// `[name: value, …]` in the order of the fields.
    public var description: String {
        let shown = fields.map { field in
            "\(field.name.rawName): \(Self.isShown(field.name) ? field.value : "<redacted>")"
        }
        return "[\(shown.joined(separator: ", "))]"
    }

    private static func isShown(_ name: HTTPField.Name) -> Bool {
        let plain: Set<HTTPField.Name> = [
            .accept, .acceptEncoding, .cacheControl, .contentEncoding, .contentLength, .contentType, .date, .retryAfter,
            .userAgent,
        ]
        return plain.contains(name) || name.canonicalName.hasPrefix("x-ratelimit-")
    }
}
