/// One stored thing: its fields as the REST API shows them, and those bytes ready to send.
struct Record: Sendable {
    let id: Int
    private(set) var fields: JSONObject
    private(set) var encoded: [UInt8]
    private(set) var addedAt: Timestamp
    private(set) var updatedAt: Timestamp
    private(set) var isDeleted: Bool

    init(id: Int, fields: JSONObject) {
        self.id = id
        self.fields = fields
        encoded = []
        addedAt = Timestamp(seconds: 0)
        updatedAt = addedAt
        isDeleted = false
        derive()
    }

    subscript(key: String) -> JSON { fields[key] ?? .null }

    mutating func replace(_ fields: JSONObject) {
        self.fields = fields
        derive()
    }

    private mutating func derive() {
        encoded = JSONWriter.bytes(.object(fields))
        addedAt = fields["add_time"]?.text.flatMap(Timestamp.parse) ?? addedAt
        updatedAt = fields["update_time"]?.text.flatMap(Timestamp.parse) ?? addedAt
        isDeleted = fields["is_deleted"]?.truth ?? (fields["active_flag"]?.truth == false)
    }
}
