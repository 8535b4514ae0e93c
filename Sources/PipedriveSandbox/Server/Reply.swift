/// An answer, not yet on its way.
struct Reply: Sendable {
    var status: Int
    var headers: [(name: String, value: String)]
    var body: [UInt8]
    var pace = BodyPace.whole

    init(status: Int = 200, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    static func json(_ value: JSON, status: Int = 200) -> Reply { json(JSONWriter.bytes(value), status: status) }

    static func json(_ bytes: [UInt8], status: Int = 200) -> Reply {
        Reply(status: status, headers: [("Content-Type", "application/json; charset=utf-8")], body: bytes)
    }

    static func html(_ text: String, status: Int = 200) -> Reply {
        let policy =
            "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'"
        return Reply(
            status: status,
            headers: [
                ("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", policy),
                ("Cache-Control", "no-store"),
            ],
            body: Array(text.utf8))
    }

    static func text(_ text: String, type: String) -> Reply {
        Reply(headers: [("Content-Type", type), ("Cache-Control", "no-cache")], body: Array(text.utf8))
    }

    static func redirect(_ location: String, status: Int = 303) -> Reply {
        Reply(status: status, headers: [("Location", location), ("Cache-Control", "no-store")])
    }

    /// Success with `data` and what stands beside it.
    static func success(_ data: JSON, status: Int = 200, beside: JSONObject = [:]) -> Reply {
        var object: JSONObject = ["success": true, "data": data]
        object.merge(beside)
        return json(.object(object), status: status)
    }

    /// Success with a record whose bytes are ready.
    static func success(_ record: Record, status: Int = 200) -> Reply { success(record.encoded, status: status) }

    /// Success with data whose bytes are ready.
    static func success(_ data: [UInt8], status: Int = 200) -> Reply {
        json(Array(#"{"success":true,"data":"#.utf8) + data + Array("}".utf8), status: status)
    }
}
