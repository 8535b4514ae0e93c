/// Making, changing and deleting custom fields and their options, version 2.
///
/// The scopes that an app has open the making of product fields only; see `APIRoute.scopes`.
enum FieldWriteRoutes {
    private static let types: [JSON] = [
        "varchar", "text", "double", "phone", "date", "daterange", "time", "timerange", "set", "enum", "varchar_auto",
        "address", "monetary", "org", "people", "user",
    ]
    private static let label = BodyRules(members: ["label": .string], required: ["label"])
    private static let labelAndID = BodyRules(members: ["id": .integer, "label": .string], required: ["id", "label"])
    private static let idOnly = BodyRules(members: ["id": .integer], required: ["id"])

    static let all: [APIRoute] = FieldRoutes.entities.flatMap { word, entity in
        let path = "/api/v2/\(word)Fields"
        return [
            APIRoute("POST", path, cost: 5) { call in try create(call, entity) },
            APIRoute("PATCH", path + "/{field_code}", cost: 5) { call in try rename(call, entity) },
            APIRoute("DELETE", path + "/{field_code}", cost: 3) { call in try delete(call, entity) },
            APIRoute("POST", path + "/{field_code}/options", cost: 5) { call in try addOptions(call, entity) },
            APIRoute("PATCH", path + "/{field_code}/options", cost: 5) { call in try renameOptions(call, entity) },
            APIRoute("DELETE", path + "/{field_code}/options", cost: 3) { call in try deleteOptions(call, entity) },
        ]
    }

    /// The bodies, of which those of deals have the most and those of products the least.
    static func rules(for entity: Entity, isNew: Bool) -> BodyRules {
        var members: [String: ValueRule] = ["field_name": .string, "ui_visibility": .any]
        if isNew {
            members["field_type"] = .choice(types)
            members["options"] = .list(.object(label))
        }
        if entity != .product {
            members["important_fields"] = .any
            members["required_fields"] = .any
        }
        if entity == .deal { members["description"] = .nullable(.string) }
        return BodyRules(members: members, required: isNew ? ["field_name", "field_type"] : [])
    }

    private static func create(_ call: Call, _ entity: Entity) throws -> Reply {
        let body = try call.body(rules(for: entity, isNew: true))
        let type = body["field_type"]?.text ?? ""
        let labels = (body["options"]?.list ?? []).compactMap { $0["label"].text }
        guard ["enum", "set"].contains(type) != labels.isEmpty else {
            throw Refusal.bad("Parameter 'options' belongs to fields of type enum and set, which need it")
        }
        let code = RandomText.fieldCode()
        let field = try call.store.change { state in
            let first = state.nextOptionID
            let options = labels.enumerated().map { place, label in
                FieldDefinition.Option(id: first + place, label: label)
            }
            let field = FieldDefinition(
                name: body["field_name"]?.text ?? "", code: code, type: type, options: options, isCustom: true)
            state.fields[entity, default: []].append(field)
            state.keepCustomFields(of: entity)
            return field
        }
        return .success(field.json(for: entity))
    }

    private static func rename(_ call: Call, _ entity: Entity) throws -> Reply {
        let name = try call.body(rules(for: entity, isNew: false))["field_name"]?.text
        return try edit(call, entity) { field, _ in
            if let name { field.name = name }
            return field.json(for: entity)
        }
    }

    private static func delete(_ call: Call, _ entity: Entity) throws -> Reply {
        let deleted = try call.store.change { state in
            let place = try place(call, entity, in: state)
            let field = state.fields[entity]?.remove(at: place)
            state.keepCustomFields(of: entity)
            return field?.json(for: entity) ?? .null
        }
        return .success(deleted)
    }

    private static func addOptions(_ call: Call, _ entity: Entity) throws -> Reply {
        let labels = try call.bodyList(label).compactMap { $0["label"]?.text }
        return try edit(call, entity) { field, first in
            let new = labels.enumerated().map { FieldDefinition.Option(id: first + $0, label: $1) }
            field.options += new
            return json(new)
        }
    }

    private static func renameOptions(_ call: Call, _ entity: Entity) throws -> Reply {
        let changes = try call.bodyList(labelAndID)
        return try edit(call, entity) { field, _ in
            for change in changes {
                let place = try place(of: change["id"], in: field)
                field.options[place] = FieldDefinition.Option(
                    id: field.options[place].id, label: change["label"]?.text ?? "", color: field.options[place].color)
            }
            return json(field.options.filter { option in changes.contains { $0["id"] == .int(option.id) } })
        }
    }

    private static func deleteOptions(_ call: Call, _ entity: Entity) throws -> Reply {
        let ids = try call.bodyList(idOnly).compactMap { $0["id"] }
        return try edit(call, entity) { field, _ in
            for id in ids { _ = try place(of: id, in: field) }
            let gone = field.options.filter { ids.contains(.int($0.id)) }
            field.options.removeAll { ids.contains(.int($0.id)) }
            return json(gone)
        }
    }

    private static func edit(
        _ call: Call, _ entity: Entity, _ change: (inout FieldDefinition, _ firstOptionID: Int) throws -> JSON
    ) throws -> Reply {
        let data = try call.store.change { state in
            let place = try place(call, entity, in: state)
            let first = state.nextOptionID
            guard var field = state.fields[entity]?[place] else { return JSON.null }
            let data = try change(&field, first)
            state.fields[entity]?[place] = field
            return data
        }
        return .success(data)
    }

    private static func place(_ call: Call, _ entity: Entity, in state: State) throws -> Int {
        guard
            let place = state.fields[entity]?.firstIndex(where: {
                $0.code == call.parameters["field_code"] && $0.isCustom
            })
        else { throw Refusal.notFound("Field not found") }
        return place
    }

    private static func place(of id: JSON?, in field: FieldDefinition) throws -> Int {
        guard let place = field.options.firstIndex(where: { .int($0.id) == id }) else {
            throw Refusal.bad("Parameter 'id': the field has no such option")
        }
        return place
    }

    private static func json(_ options: [FieldDefinition.Option]) -> JSON {
        .array(options.map { ["id": .int($0.id), "label": .string($0.label)] })
    }
}

extension State {
    /// A field belongs to every record of its kind as long as it is there. That moves no times, and no webhook tells.
    mutating func keepCustomFields(of entity: Entity) {
        for var record in self[entity].records {
            guard let old = record["custom_fields"].members else { continue }
            let new = CustomFields.current(old, fields[entity] ?? [])
            guard new != old else { continue }
            var all = record.fields
            all["custom_fields"] = .object(new)
            record.replace(all)
            self[entity].put(record)
        }
    }
}
