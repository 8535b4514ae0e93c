/// What the company has set up, in the state's file: users, fields, caps, and how tokens are given out.
extension State {
    var setup: JSON {
        let fields = fields.map { ($0.key.rawValue, JSON.array($0.value.map(\.stored))) }.sorted { $0.0 < $1.0 }
        let caps = caps.map { ($0.key.rawValue, JSON.int($0.value)) }.sorted { $0.0 < $1.0 }
        let conversions = conversions.map { id, made in
            JSON.object(["id": .string(id), "lead_id": .string(made.leadID), "deal_id": .int(made.dealID)])
        }
        return [
            "is_open": .bool(company.isOpen), "rotation": .bool(isRotating), "scope": .string(scope),
            "users": .array(users.map { .object($0.fields) }), "fields": .object(JSONObject(fields)),
            "caps": .object(JSONObject(caps)), "conversions": .array(conversions),
        ]
    }

    /// Takes over what the file has; a file of an earlier version has no setup and leaves the sample's.
    mutating func take(setup: JSON) {
        guard setup.members != nil else { return }
        company.isOpen = setup["is_open"].truth ?? company.isOpen
        isRotating = setup["rotation"].truth ?? isRotating
        scope = setup["scope"].text ?? scope
        users = (setup["users"].list ?? []).compactMap(User.init(stored:))
        for member in setup["fields"].members?.members ?? [] {
            guard let entity = Entity(rawValue: member.key) else { continue }
            fields[entity] = (member.value.list ?? []).compactMap(FieldDefinition.init(stored:))
        }
        for member in setup["caps"].members?.members ?? [] {
            if let entity = Entity(rawValue: member.key) { caps[entity] = member.value.whole }
        }
        for made in setup["conversions"].list ?? [] {
            guard let id = made["id"].text, let lead = made["lead_id"].text, let deal = made["deal_id"].whole else {
                continue
            }
            conversions[id] = Conversion(leadID: lead, dealID: deal)
        }
    }
}

extension User {
    fileprivate init?(stored: JSON) {
        guard let id = stored["id"].whole, let name = stored["name"].text else { return nil }
        self.init(
            id: id, name: name, email: stored["email"].text ?? "", isAdmin: stored["is_admin"] == true,
            isActive: stored["active_flag"] != false)
    }
}

extension FieldDefinition {
    fileprivate var stored: JSON {
        let options = options.map { option in
            JSON.object([
                "id": .int(option.id), "label": .string(option.label), "color": .optional(option.color),
            ])
        }
        return [
            "name": .string(name), "code": .string(code), "type": .string(type), "options": .array(options),
            "is_custom": .bool(isCustom),
        ]
    }

    fileprivate init?(stored: JSON) {
        guard let name = stored["name"].text, let code = stored["code"].text, let type = stored["type"].text else {
            return nil
        }
        let options = (stored["options"].list ?? []).compactMap { option in
            option["id"].whole.map { Option(id: $0, label: option["label"].text ?? "", color: option["color"].text) }
        }
        self.init(name: name, code: code, type: type, options: options, isCustom: stored["is_custom"] == true)
    }
}
