/// One value on its way to the server, next to the statement and never inside its text.
///
/// The server infers the type from the place where the value is used, so a place that allows several types needs a
/// cast: `\(count)::bigint`.
public enum PostgresBind: Sendable, Hashable {
    /// SQL `NULL`.
    case null
    /// The value as the server's own input text. A text with a NUL character is refused when it is sent.
    case text(String)
    /// The bytes as they are: the content of a `bytea`, or of a `text` when the place is of that type.
    case binary([UInt8])
}

/// A type whose values can be bound to a statement.
public protocol PostgresBindable {
    /// The value in the form that is sent.
    var postgresBind: PostgresBind { get }
}

/// A type whose arrays can be bound to a statement.
public protocol PostgresArrayElement {
    /// All elements as one bind.
    static func postgresBind(ofArray elements: [Self]) -> PostgresBind
}

/// A type that can stand in an array literal.
public protocol PostgresArrayText: PostgresArrayElement {
    /// The element as it stands in the literal, quoted where the literal needs it.
    var postgresArrayText: String { get }
}

extension PostgresArrayText {
    /// The array literal of all elements.
    public static func postgresBind(ofArray elements: [Self]) -> PostgresBind {
        .text(ArrayLiteral.text(of: elements.map(\.postgresArrayText)))
    }
}
