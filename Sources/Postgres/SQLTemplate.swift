/// A statement that is put together once, and sent with the binds of one value after another.
///
/// `let name: SQLTemplate<Question> = "select name from deal where id = \(\.deal)"` and then `name.with(question)`. For
/// statements of many parts that run at every request: building and hashing a long text costs more than sending it.
public struct SQLTemplate<Values>: ExpressibleByStringInterpolation, Sendable {
    private let pieces: [String]
    @usableFromInline let binds: [@Sendable (Values) -> PostgresBind]
    @usableFromInline let text: StatementText

    /// A statement without values.
    public init(stringLiteral value: String) {
        self.init(pieces: [value], binds: [])
    }

    /// A statement whose interpolations are paths to its values.
    public init(stringInterpolation: StringInterpolation) {
        self.init(pieces: stringInterpolation.pieces, binds: stringInterpolation.binds)
    }

    private init(pieces: [String], binds: [@Sendable (Values) -> PostgresBind]) {
        self.pieces = pieces
        self.binds = binds
        text = StatementText(SQL.text(of: pieces))
    }

    /// The statement with these values.
    @inlinable
    public func with(_ values: Values) -> SQL {
        SQL(text, binds: binds.map { $0(values) })
    }

    /// Collects the text and the paths of an interpolated literal.
    public struct StringInterpolation: StringInterpolationProtocol, Sendable {
        fileprivate var pieces = [""]
        fileprivate var binds: [@Sendable (Values) -> PostgresBind] = []

        /// Starts empty.
        public init(literalCapacity: Int, interpolationCount: Int) {}

        /// Adds text of the literal itself.
        public mutating func appendLiteral(_ literal: String) {
            pieces[pieces.count - 1] += literal
        }

        /// Adds what the path leads to as the next bind. As a function: a key path is far slower to follow.
        public mutating func appendInterpolation<Value: PostgresBindable & SendableMetatype>(
            _ path: @escaping @Sendable (Values) -> Value
        ) {
            pieces.append("")
            binds.append { path($0).postgresBind }
        }

        /// Adds another part with its paths.
        public mutating func appendInterpolation(fragment: SQLTemplate) {
            pieces[pieces.count - 1] += fragment.pieces[0]
            pieces += fragment.pieces.dropFirst()
            binds += fragment.binds
        }
    }
}
