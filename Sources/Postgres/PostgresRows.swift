/// The rows a statement returned; each value is read when it is asked for.
public struct PostgresRows: RandomAccessCollection, Sendable {
    private let result: ServerResult

    /// Rows touched by a writing statement, rows returned by a reading one.
    public var affectedCount: Int { result.affectedCount }
    /// Always 0.
    public let startIndex = 0
    /// The number of rows.
    public let endIndex: Int

    init(_ result: ServerResult) {
        self.result = result
        endIndex = result.rowCount
    }

    /// One row.
    ///
    /// Reading past the end is a programmer's mistake and traps, as in an array.
    public subscript(position: Int) -> PostgresRow {
        precondition((0..<endIndex).contains(position), "row index out of range")
        return PostgresRow(result: result, index: position)
    }
}
