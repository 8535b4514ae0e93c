/// How leads come into being, change, and become deals or come of them.
extension State {
    mutating func createLead(_ body: JSONObject, uuid: String, by author: Author) throws -> Record {
        guard body["person_id"]?.whole != nil || body["organization_id"]?.whole != nil else {
            throw Refusal.bad("A lead needs a person_id or an organization_id")
        }
        try checkCap(.lead)
        try checkLeadLinks(body)
        let time = JSON.string(author.now.rfc3339WithMilliseconds)
        let isMadeInApp = author.source == .app
        var fields: JSONObject = [
            "id": .string(uuid), "title": "", "owner_id": .int(author.user.id), "creator_id": .int(author.user.id),
            "label_ids": [], "person_id": nil, "organization_id": nil,
            "source_name": isMadeInApp ? "Manually created" : "API",
            "origin": isMadeInApp ? "ManuallyCreated" : "API", "origin_id": nil, "channel": nil, "channel_id": nil,
            "source_deal_id": nil, "is_archived": false, "was_seen": false, "value": nil,
            "expected_close_date": nil, "next_activity_id": nil, "add_time": time, "update_time": time,
            "visible_to": "3",
            "cc_email": .string("\(company.domain)+lead\(self[.lead].nextID)@pipedrivemail.example"),
        ]
        fields.merge(body)
        return create(.lead, fields, by: author)
    }

    mutating func changeLead(_ uuid: String, _ body: JSONObject, by author: Author) throws -> Record {
        let lead = try lead(uuid, for: author.user)
        try checkLeadLinks(body)
        let links = lead.fields.only(["person_id", "organization_id"]).members.map { body[$0.key] ?? $0.value }
        if links.allSatisfy(\.isNull) { throw Refusal.bad("A lead needs a person_id or an organization_id") }
        let codes = fieldCodes
        return change(.lead, lead.id, by: author) { fields in
            for member in body.members {
                // A custom field that is emptied is no longer shown.
                let isEmptied = member.value.isNull && codes.contains(member.key)
                fields[member.key] = isEmptied ? nil : member.value
            }
        } ?? lead
    }

    func lead(_ uuid: String, for user: User) throws -> Record {
        guard let lead = self[.lead].records(where: "id", is: .string(uuid)).first, isVisible(lead, .lead, to: user)
        else { throw Refusal.notFound("requested lead not found") }
        return lead
    }

    /// An id that no option has.
    var nextOptionID: Int { (fields.values.joined().flatMap(\.options).map(\.id).max() ?? 0) + 1 }

    /// The custom fields that leads share with deals.
    var fieldCodes: Set<String> { Set((fields[.deal] ?? []).filter(\.isCustom).map(\.code)) }

    private func checkLeadLinks(_ body: JSONObject) throws {
        try requireUser(body["owner_id"], "owner_id")
        try require(.person, body["person_id"], "person_id")
        try require(.organization, body["organization_id"], "organization_id")
        if body["title"]?.text?.trimmingSpaces().isEmpty == true {
            throw Refusal.bad("Parameter 'title' must not be empty")
        }
    }

    /// The lead becomes a deal, its notes go along, and it is gone itself.
    mutating func convertLead(_ uuid: String, _ body: JSONObject, by author: Author) throws -> Conversion {
        let lead = try lead(uuid, for: author.user)
        var deal: JSONObject = [
            "title": lead["title"], "owner_id": lead["owner_id"], "person_id": lead["person_id"],
            "org_id": lead["organization_id"], "expected_close_date": lead["expected_close_date"],
        ]
        if let amount = lead["value"].members?["amount"] {
            deal["value"] = amount
            deal["currency"] = lead["value"]["currency"]
        }
        deal["custom_fields"] = .object(lead.fields.only(fieldCodes))
        deal.merge(body)
        let made = try createDeal(deal, by: author)
        change(.deal, made.id, by: author) { $0["source_lead_id"] = .string(uuid) }
        for note in self[.note].records(where: "lead_id", is: .string(uuid)) {
            change(.note, note.id, by: author) { fields in
                fields["lead_id"] = .null
                fields["deal_id"] = .int(made.id)
            }
        }
        erase(.lead, lead.id, by: author)
        return Conversion(leadID: uuid, dealID: made.id)
    }

    /// The deal becomes a lead, its notes go along, and it is deleted itself.
    mutating func convertDeal(_ id: Int, uuid: String, by author: Author) throws -> Conversion {
        let deal = try live(.deal, id, for: author.user)
        var lead: JSONObject = [
            "title": deal["title"], "owner_id": deal["owner_id"], "person_id": deal["person_id"],
            "organization_id": deal["org_id"], "expected_close_date": deal["expected_close_date"],
            "value": ["amount": deal["value"], "currency": deal["currency"]], "source_deal_id": .int(id),
        ]
        for member in deal["custom_fields"].members?.members ?? [] where !member.value.isNull {
            lead[member.key] = member.value
        }
        _ = try createLead(lead, uuid: uuid, by: author)
        for note in self[.note].records(where: "deal_id", is: .int(id)) {
            change(.note, note.id, by: author) { fields in
                fields["deal_id"] = .null
                fields["lead_id"] = .string(uuid)
            }
        }
        try deleteDeal(id, by: author)
        return Conversion(leadID: uuid, dealID: id)
    }
}
