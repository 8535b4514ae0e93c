/// The filters that someone saved in the pretended company; a list asked with one passes over its other filters.
struct SampleFilter: Sendable {
    let id: Int
    let name: String
    let type: String
    let entity: Entity
    let admits: @Sendable (Record) -> Bool

    static let all = [
        SampleFilter(id: 1, name: "Alle open deals", type: "deals", entity: .deal) { $0["status"] == "open" },
        SampleFilter(id: 2, name: "Personen met e-mailadres", type: "people", entity: .person) {
            $0["emails"].list?.isEmpty == false
        },
        SampleFilter(id: 3, name: "Organisaties met website", type: "org", entity: .organization) {
            !$0["website"].isNull
        },
        SampleFilter(id: 4, name: "Producten met abonnement", type: "products", entity: .product) {
            $0["billing_frequency"] != "one-time"
        },
    ]

    var json: JSONObject {
        [
            "id": .int(id), "name": .string(name), "filter_code": nil, "is_editable": true, "active_flag": true,
            "type": .string(type), "temporary_flag": nil, "user_id": 1, "add_time": "2024-03-01 09:16:26",
            "update_time": "2024-03-01 09:16:26", "visible_to": "7", "last_used_time": nil, "custom_view_id": nil,
        ]
    }
}
