import CLibPQ

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The owner of one `PGresult`.
///
/// Unchecked: a result is never changed after libpq returned it, and libpq allows any thread to read it.
final class ServerResult: @unchecked Sendable {
    private let handle: OpaquePointer

    init(owning handle: OpaquePointer) {
        self.handle = handle
    }

    deinit {
        PQclear(handle)
    }

    enum Outcome {
        case success, failure, aborted, sync, copyIn, copyOther
    }

    var outcome: Outcome {
        switch PQresultStatus(handle) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: .success
        case PGRES_PIPELINE_ABORTED: .aborted
        case PGRES_PIPELINE_SYNC: .sync
        case PGRES_COPY_IN: .copyIn
        case PGRES_COPY_OUT, PGRES_COPY_BOTH: .copyOther
        default: .failure
        }
    }

    var rowCount: Int { Int(PQntuples(handle)) }

    var affectedCount: Int { Int(String(cString: PQcmdTuples(handle))) ?? 0 }

    func column(named name: String) -> Int32? {
        // To the letter; libpq's own look-up copies the name each time, to fold its case.
        let count = PQnfields(handle)
        return name.withCString { wanted in
            var column: Int32 = 0
            while column < count {
                if let found = PQfname(handle, column), strcmp(found, wanted) == 0 { return column }
                column += 1
            }
            return nil
        }
    }

    /// The bytes of one value as libpq holds them, or nil for `NULL`; a NUL follows the last one.
    func withValue<R>(row: Int, column: Int32, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R? {
        guard PQgetisnull(handle, Int32(row), column) == 0, let start = PQgetvalue(handle, Int32(row), column)
        else { return nil }
        return try body(UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(handle, Int32(row), column))))
    }

    func error(place: String, statement: String?) -> PostgresError {
        let sqlState = field(clibpq_diag_sqlstate())
        let severity = field(clibpq_diag_severity())
        let isLost = sqlState == nil || severity == "FATAL" || severity == "PANIC"
        // Only this function raises 0A000 for a prepared statement whose result changed shape.
        let isReplanned = sqlState == "0A000" && field(clibpq_diag_source_function()) == "RevalidateCachedQuery"
        let detail = [
            field(clibpq_diag_message()) ?? String(cString: PQresultErrorMessage(handle)),
            field(clibpq_diag_detail()), field(clibpq_diag_hint()), field(clibpq_diag_context()),
            field(clibpq_diag_position()).map { "at character \($0)" }, statement,
        ]
        return PostgresError(
            isLost ? .connection : .sqlState(sqlState ?? ""), place: place,
            detail: detail.compactMap(\.self).joined(separator: "\n"), sqlState: sqlState,
            constraint: field(clibpq_diag_constraint()), table: field(clibpq_diag_table()),
            isStatementStale: isReplanned || sqlState == "26000")
    }

    private func field(_ code: Int32) -> String? {
        PQresultErrorField(handle, code).map { String(cString: $0) }
    }
}
