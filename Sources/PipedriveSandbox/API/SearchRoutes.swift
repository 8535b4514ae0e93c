/// Searches within one entity, version 2.
///
/// Their routes stand with the entities, since their paths would be taken for ids.
enum SearchRoutes {
    static let all: [APIRoute] = []

    static let query: Set<String> = ["term", "fields", "exact_match", "limit", "cursor"]

    static func persons(_ call: Call) throws -> Reply {
        let search = try Search(call, allowed: ["name", "email", "phone", "notes", "custom_fields"])
        let organizationID = try call.number("organization_id")
        return try call.store.read { state in
            let found = search.matches(in: state[.person], for: call.user) { record in
                guard organizationID == nil || record["org_id"] == .optional(organizationID) else { return [] }
                return [
                    ("name", [record["name"].text ?? ""]), ("email", Self.values(record["emails"])),
                    ("phone", Self.values(record["phones"])),
                ]
            }
            return search.reply(found) { record in
                let organization = record["org_id"].whole.flatMap { state[.organization][$0] }
                return [
                    "id": .int(record.id), "type": "person", "name": record["name"],
                    "phones": .array(Self.values(record["phones"]).map { .string($0) }),
                    "emails": .array(Self.values(record["emails"]).map { .string($0) }),
                    "visible_to": record["visible_to"], "owner": ["id": record["owner_id"]],
                    "organization": organization.map { ["id": .int($0.id), "name": $0["name"]] } ?? .null,
                    "custom_fields": [], "notes": [],
                ]
            }
        }
    }

    static func organizations(_ call: Call) throws -> Reply {
        let search = try Search(call, allowed: ["name", "address", "notes", "custom_fields"])
        return try call.store.read { state in
            let found = search.matches(in: state[.organization], for: call.user) { record in
                [("name", [record["name"].text ?? ""]), ("address", [record["address"]["value"].text ?? ""])]
            }
            return search.reply(found) { record in
                [
                    "id": .int(record.id), "type": "organization", "name": record["name"],
                    "address": record["address"]["value"], "visible_to": record["visible_to"],
                    "owner": ["id": record["owner_id"]], "custom_fields": [], "notes": [],
                ]
            }
        }
    }

    static func products(_ call: Call) throws -> Reply {
        let search = try Search(call, allowed: ["name", "code", "custom_fields"])
        return try call.store.read { state in
            let found = search.matches(in: state[.product], for: call.user) { record in
                [("name", [record["name"].text ?? ""]), ("code", [record["code"].text ?? ""])]
            }
            return search.reply(found) { record in
                [
                    "id": .int(record.id), "type": "product", "name": record["name"], "code": record["code"],
                    "visible_to": record["visible_to"], "owner": ["id": record["owner_id"]], "custom_fields": [],
                ]
            }
        }
    }

    private static func values(_ points: JSON) -> [String] { (points.list ?? []).compactMap { $0["value"].text } }
}
