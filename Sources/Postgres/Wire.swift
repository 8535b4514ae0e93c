import CLibPQ

/// The owner of one `PGconn`: thin calls, no state of its own.
final class Wire {
    private let handle: OpaquePointer

    /// Connects, or throws with libpq's reason in the detail.
    init(_ configuration: PostgresConfiguration) throws(PostgresError) {
        let parameters = configuration.parameters
        guard !parameters.contains(where: { $0.value.containsNUL }) else {
            throw PostgresError(.connection, place: "connect", reason: "a parameter holds a NUL character")
        }
        let connected = Self.withCStrings(parameters.map(\.keyword)) { keywords in
            Self.withCStrings(parameters.map(\.value)) { values in PQconnectdbParams(keywords, values, 1) }
        }
        guard let connected else { throw PostgresError(.connection, place: "connect", reason: "out of memory") }
        handle = connected
        guard PQstatus(handle) == CONNECTION_OK else {
            throw PostgresError(.connection, place: "connect", detail: lastMessage)
        }
        PQsetNoticeProcessor(handle, ignoreNotice, nil)
    }

    deinit {
        PQfinish(handle)
    }

    var isConnected: Bool { PQstatus(handle) == CONNECTION_OK }
    var isIdle: Bool { PQtransactionStatus(handle) == PQTRANS_IDLE }
    var isFailed: Bool { PQtransactionStatus(handle) == PQTRANS_INERROR }
    var lastMessage: String { String(cString: PQerrorMessage(handle)) }
    var socket: Int32 { PQsocket(handle) }

    /// A setting the server reports by itself, such as `DateStyle`.
    func reportedSetting(_ name: String) -> String? {
        PQparameterStatus(handle, name).map { String(cString: $0) }
    }

    // MARK: Pipeline. Each call is false when libpq could not take it; `lastMessage` says why.

    func enterPipeline() -> Bool { PQenterPipelineMode(handle) == 1 }
    func exitPipeline() -> Bool { PQexitPipelineMode(handle) == 1 }
    func sync() -> Bool { PQpipelineSync(handle) == 1 }

    func sendPrepare(name: String, text: String) -> Bool {
        PQsendPrepare(handle, name, text, 0, nil) == 1
    }

    func sendPrepared(name: String, _ binds: borrowing BindBuffer) -> Bool {
        let count = binds.count
        return binds.withPointers { values, lengths, formats in
            PQsendQueryPrepared(handle, name, count, values, lengths, formats, 0) == 1
        }
    }

    func sendUnnamed(text: String, _ binds: borrowing BindBuffer) -> Bool {
        let count = binds.count
        return binds.withPointers { values, lengths, formats in
            PQsendQueryParams(handle, text, count, nil, values, lengths, formats, 0) == 1
        }
    }

    func nextResult() -> ServerResult? {
        PQgetResult(handle).map(ServerResult.init(owning:))
    }

    // MARK: Simple protocol

    func execute(text: String) -> ServerResult? {
        PQexec(handle, text).map(ServerResult.init(owning:))
    }

    func putCopy(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { raw in
            raw.count <= Int(Int32.max)
                && PQputCopyData(handle, raw.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(raw.count)) == 1
        }
    }

    /// Ends a copy, and makes the server refuse it when there is a reason.
    func endCopy(refusal: String?) -> Bool {
        PQputCopyEnd(handle, refusal) == 1
    }

    // MARK: Notifications

    /// Reads what has arrived; false when the connection is lost.
    func consumeInput() -> Bool {
        guard PQconsumeInput(handle) == 1 else { return false }
        // Parses what was read, so that a farewell of the server is seen.
        _ = PQisBusy(handle)
        return isConnected
    }

    func nextNotification() -> PostgresNotification? {
        guard let notification = PQnotifies(handle) else { return nil }
        defer { PQfreemem(notification) }
        return PostgresNotification(
            channel: String(cString: notification.pointee.relname),
            payload: notification.pointee.extra.map { String(cString: $0) } ?? "",
            serverProcessID: notification.pointee.be_pid)
    }

    func quotedIdentifier(_ name: String) -> String? {
        guard let quoted = PQescapeIdentifier(handle, name, name.utf8.count) else { return nil }
        defer { PQfreemem(quoted) }
        return String(cString: quoted)
    }

    /// Calls with a NULL-ended array of C strings that lives until the call returns.
    private static func withCStrings<R>(
        _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> R
    ) -> R {
        let array = UnsafeMutablePointer<UnsafePointer<CChar>?>.allocate(capacity: texts.count + 1)
        defer { array.deallocate() }
        let owned = texts.map { text -> UnsafeMutablePointer<CChar> in
            let bytes = Array(text.utf8CString)
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
            copy.initialize(from: bytes, count: bytes.count)
            return copy
        }
        defer { for pointer in owned { pointer.deallocate() } }
        for (index, pointer) in owned.enumerated() { array[index] = UnsafePointer(pointer) }
        array[texts.count] = nil
        return body(array)
    }
}

/// Notices are for people at a prompt; libpq's default writes them to standard error.
private func ignoreNotice(_ context: UnsafeMutableRawPointer?, _ message: UnsafePointer<CChar>?) {}
