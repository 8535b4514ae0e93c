/// A statement, or a part of one, in which values are binds and never text.
///
/// `"select name from deal where id = \(id)"` becomes the text `select name from deal where id = $1` and one bind.
/// Printing it shows the text without the values.
public struct SQL: ExpressibleByStringInterpolation, Sendable, Hashable {
    private enum Text: Sendable, Hashable {
        /// The text around the binds: always one piece more than there are binds.
        case pieces([String])
        /// The whole text of a template.
        case finished(StatementText)
    }

    private var content: Text

    /// The values, in the order of their numbers.
    public private(set) var binds: [PostgresBind]

    /// A statement that is exactly this text.
    ///
    /// Never pass text that came from outside.
    public init(unsafe text: String) {
        content = .pieces([text])
        binds = []
    }

    @usableFromInline
    init(_ text: StatementText, binds: [PostgresBind]) {
        content = .finished(text)
        self.binds = binds
    }

    /// A statement without values.
    public init(stringLiteral value: String) {
        self.init(unsafe: value)
    }

    /// A statement with the values of its interpolations as binds.
    public init(stringInterpolation: StringInterpolation) {
        self = stringInterpolation.sql
    }

    /// The statement with `$1`, `$2` … where the values go.
    public var text: String {
        switch content {
        case .pieces(let pieces): Self.text(of: pieces)
        case .finished(let text): text.text
        }
    }

    var statementText: StatementText {
        switch content {
        case .pieces(let pieces): StatementText(Self.text(of: pieces))
        case .finished(let text): text
        }
    }

    static func text(of pieces: [String]) -> String {
        guard pieces.count > 1 else { return pieces[0] }
        var text = pieces[0]
        for (index, piece) in pieces.dropFirst().enumerated() {
            text += "$"
            text += String(index + 1)
            text += piece
        }
        return text
    }

    /// Puts another part after this one; its binds are numbered on.
    ///
    /// A statement made from a template is whole and takes no part.
    public mutating func append(_ other: SQL) {
        guard case .pieces(var pieces) = content, case .pieces(let others) = other.content else {
            preconditionFailure("a statement made from a template is no part of another")
        }
        content = .pieces([])
        pieces[pieces.count - 1] += others[0]
        pieces += others.dropFirst()
        content = .pieces(pieces)
        binds += other.binds
    }

    /// Both parts as one.
    public static func + (left: SQL, right: SQL) -> SQL {
        var sum = left
        sum.append(right)
        return sum
    }

    /// Puts the right part after the left one.
    public static func += (left: inout SQL, right: SQL) {
        left.append(right)
    }

    /// Collects the text and the binds of an interpolated literal.
    public struct StringInterpolation: StringInterpolationProtocol, Sendable {
        private var pieces = [""]
        private var binds: [PostgresBind] = []

        fileprivate var sql: SQL {
            var sql = SQL(unsafe: "")
            sql.content = .pieces(pieces)
            sql.binds = binds
            return sql
        }

        /// Starts empty.
        public init(literalCapacity: Int, interpolationCount: Int) {
            pieces.reserveCapacity(interpolationCount + 1)
            binds.reserveCapacity(interpolationCount)
        }

        /// Adds text of the literal itself.
        public mutating func appendLiteral(_ literal: String) {
            pieces[pieces.count - 1] += literal
        }

        /// Adds a value as the next bind.
        public mutating func appendInterpolation(_ value: some PostgresBindable) {
            pieces.append("")
            binds.append(value.postgresBind)
        }

        /// Adds a value as the next bind; nil is `NULL`.
        public mutating func appendInterpolation<Value: PostgresBindable>(_ value: Value?) {
            // Without this overload the compiler warns at each optional value.
            pieces.append("")
            binds.append(value?.postgresBind ?? .null)
        }

        /// Adds text as it is.
        ///
        /// Never pass text that came from outside.
        public mutating func appendInterpolation(unsafe text: String) {
            appendLiteral(text)
        }

        /// Adds another part with its binds.
        public mutating func appendInterpolation(fragment: SQL) {
            guard case .pieces(let others) = fragment.content else {
                preconditionFailure("a statement made from a template is no part of another")
            }
            pieces[pieces.count - 1] += others[0]
            pieces += others.dropFirst()
            binds += fragment.binds
        }
    }
}

extension SQL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text without the values.
    public var description: String { text }
    /// The text without the values.
    public var debugDescription: String { text }
    /// The text without the values.
    public var customMirror: Mirror { Mirror(self, children: ["text": text]) }
}
