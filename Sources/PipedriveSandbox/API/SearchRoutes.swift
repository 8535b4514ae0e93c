/// Searches within one entity, version 2.
///
/// They stand before the entities' own routes, whose paths would take the word for an id.
enum SearchRoutes {
    private static let query: Set<String> = ["term", "fields", "exact_match", "limit", "cursor", "include_fields"]

    static let all: [APIRoute] = [
        route("deals", query.union(["person_id", "organization_id", "status"]), deals),
        route("leads", query.union(["person_id", "organization_id"]), leads),
        route("persons", query.union(["organization_id"]), persons),
        route("organizations", query.subtracting(["include_fields"]), organizations),
        route("products", query, products),
    ]

    private static func route(
        _ word: String, _ query: Set<String>, _ answer: @escaping @Sendable (Call) throws -> Reply
    ) -> APIRoute {
        APIRoute("GET", "/api/v2/\(word)/search", cost: 20, query: query, isSearch: true, answer: answer)
    }

    private static func deals(_ call: Call) throws -> Reply {
        let search = try Search(call, allowed: ["title", "notes", "custom_fields"])
        let links = try links(call, [("person_id", "person_id"), ("organization_id", "org_id")])
        let status = call.request.value("status")
        guard status.map({ ["open", "won", "lost"].contains($0) }) ?? true else {
            throw Refusal.bad("Parameter 'status' must be open, won or lost")
        }
        let hasMail = try includes(call, "deal.cc_email")
        return try call.store.read { state in
            search.reply(
                .deal, in: state, for: call.user,
                where: { links($0) && (status == nil || $0["status"] == .optional(status)) },
                own: { [("title", [$0["title"].text ?? ""])] },
                item: { deal, hits in
                    var item: JSONObject = [
                        "id": .int(deal.id), "type": "deal", "title": deal["title"], "value": deal["value"],
                        "currency": deal["currency"], "status": deal["status"], "visible_to": deal["visible_to"],
                        "owner": ["id": deal["owner_id"]],
                        "stage": named(.stage, deal["stage_id"], in: state),
                        "person": named(.person, deal["person_id"], in: state),
                        "organization": named(.organization, deal["org_id"], in: state),
                        "is_archived": deal["is_archived"],
                    ]
                    if hasMail {
                        item["cc_email"] = .string("\(state.company.domain)+deal\(deal.id)@pipedrivemail.example")
                    }
                    item.merge(hits)
                    return .object(item)
                })
        }
    }

    private static func leads(_ call: Call) throws -> Reply {
        let search = try Search(call, allowed: ["title", "notes", "custom_fields"])
        let links = try links(call, [("person_id", "person_id"), ("organization_id", "organization_id")])
        let hasSeen = try includes(call, "lead.was_seen")
        return try call.store.read { state in
            search.reply(
                .lead, in: state, for: call.user, where: links, own: { [("title", [$0["title"].text ?? ""])] },
                item: { lead, hits in
                    let person = lead["person_id"].whole.flatMap { state[.person][$0] }
                    var item: JSONObject = [
                        "id": lead["id"], "type": "lead", "title": lead["title"], "owner": ["id": lead["owner_id"]],
                        "person": named(.person, lead["person_id"], in: state),
                        "organization": named(.organization, lead["organization_id"], in: state),
                        "phones": strings(person?["phones"] ?? .null), "emails": strings(person?["emails"] ?? .null),
                        "value": lead["value"]["amount"], "currency": lead["value"]["currency"],
                        "visible_to": .optional(lead["visible_to"].text.flatMap { Int($0) }),
                        "is_archived": lead["is_archived"],
                    ]
                    if hasSeen { item["was_seen"] = lead["was_seen"] }
                    item.merge(hits)
                    return .object(item)
                })
        }
    }

    private static func persons(_ call: Call) throws -> Reply {
        let search = try Search(call, allowed: ["name", "email", "phone", "notes", "custom_fields"])
        let links = try links(call, [("organization_id", "org_id")])
        return try call.store.read { state in
            search.reply(
                .person, in: state, for: call.user, where: links,
                own: { person in
                    [
                        ("name", [person["name"].text ?? ""]), ("email", values(person["emails"])),
                        ("phone", values(person["phones"])),
                    ]
                },
                item: { person, hits in
                    var item: JSONObject = [
                        "id": .int(person.id), "type": "person", "name": person["name"],
                        "phones": strings(person["phones"]), "emails": strings(person["emails"]),
                        "visible_to": person["visible_to"], "owner": ["id": person["owner_id"]],
                        "organization": named(.organization, person["org_id"], in: state),
                    ]
                    item.merge(hits)
                    return .object(item)
                })
        }
    }

    private static func organizations(_ call: Call) throws -> Reply {
        let search = try Search(call, allowed: ["name", "address", "notes", "custom_fields"])
        return try call.store.read { state in
            search.reply(
                .organization, in: state, for: call.user, where: { _ in true },
                own: { [("name", [$0["name"].text ?? ""]), ("address", [$0["address"]["value"].text ?? ""])] },
                item: { organization, hits in
                    var item: JSONObject = [
                        "id": .int(organization.id), "type": "organization", "name": organization["name"],
                        "address": organization["address"]["value"], "visible_to": organization["visible_to"],
                        "owner": ["id": organization["owner_id"]],
                    ]
                    item.merge(hits)
                    return .object(item)
                })
        }
    }

    private static func products(_ call: Call) throws -> Reply {
        let search = try Search(call, allowed: ["name", "code", "custom_fields"])
        return try call.store.read { state in
            search.reply(
                .product, in: state, for: call.user, where: { _ in true },
                own: { [("name", [$0["name"].text ?? ""]), ("code", [$0["code"].text ?? ""])] },
                item: { product, hits in
                    [
                        "id": .int(product.id), "type": "product", "name": product["name"], "code": product["code"],
                        "visible_to": product["visible_to"], "owner": ["id": product["owner_id"]],
                        "custom_fields": hits["custom_fields"] ?? [],
                    ]
                })
        }
    }

    /// Filters by links: what the query calls them and what records call them.
    private static func links(_ call: Call, _ names: [(query: String, member: String)]) throws -> (Record) -> Bool {
        let wanted = try names.compactMap { name in try call.number(name.query).map { (name.member, JSON.int($0)) } }
        return { record in wanted.allSatisfy { record[$0.0] == $0.1 } }
    }

    private static func includes(_ call: Call, _ name: String) throws -> Bool {
        guard let text = call.request.value("include_fields") else { return false }
        guard text == name else { throw Refusal.bad("Parameter 'include_fields' must be \(name)") }
        return true
    }

    private static func named(_ entity: Entity, _ id: JSON, in state: State) -> JSON {
        guard let record = id.whole.flatMap({ state[entity][$0] }) else { return .null }
        return ["id": .int(record.id), "name": record["name"]]
    }

    private static func values(_ points: JSON) -> [String] { (points.list ?? []).compactMap { $0["value"].text } }

    private static func strings(_ points: JSON) -> JSON { .array(values(points).map { .string($0) }) }
}
