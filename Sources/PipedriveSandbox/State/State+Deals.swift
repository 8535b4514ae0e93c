/// How deals come into being and change.
extension State {
    /// A new deal from the members of a request body.
    mutating func createDeal(_ body: JSONObject, by author: Author) throws -> Record {
        try checkCap(.deal)
        try checkDealLinks(body)
        let stage = try stage(for: body, current: nil)
        let now = JSON.string(author.now.rfc3339)
        var fields: JSONObject = [
            "title": "", "creator_user_id": .int(author.user.id), "owner_id": .int(author.user.id), "value": 0,
            "person_id": nil, "org_id": nil, "stage_id": .int(stage.id), "pipeline_id": stage["pipeline_id"],
            "currency": .string(company.currency), "archive_time": nil, "add_time": now, "update_time": now,
            "stage_change_time": now, "status": "open", "is_archived": false, "is_deleted": false,
            "probability": nil, "lost_reason": nil, "visible_to": 3, "close_time": nil, "won_time": nil,
            "lost_time": nil, "local_won_date": nil, "local_lost_date": nil, "local_close_date": nil,
            "expected_close_date": nil, "label_ids": [],
            "origin": author.source == .app ? "ManuallyCreated" : "API", "origin_id": nil, "channel": nil,
            "channel_id": nil, "source_lead_id": nil, "acv": nil, "arr": nil, "mrr": nil,
        ]
        try applyDeal(body, to: &fields, stage: stage, now: author.now)
        return create(.deal, fields, by: author)
    }

    /// Changes a deal as a request body asks.
    mutating func changeDeal(_ id: Int, _ body: JSONObject, by author: Author) throws -> Record {
        let record = try live(.deal, id, for: author.user)
        if record["is_archived"] == true, body["is_archived"] != false {
            throw Refusal.bad("Deal \(id) is archived and cannot be changed until it is restored")
        }
        try checkDealLinks(body)
        let stage = try stage(for: body, current: record)
        var fields = record.fields
        try applyDeal(body, to: &fields, stage: stage, now: author.now)
        return change(.deal, id, by: author) { $0 = fields } ?? record
    }

    mutating func deleteDeal(_ id: Int, by author: Author) throws {
        _ = try live(.deal, id, for: author.user)
        change(.deal, id, by: author) {
            $0["is_deleted"] = true
            $0["status"] = "deleted"
        }
    }

    private func applyDeal(_ body: JSONObject, to fields: inout JSONObject, stage: Record, now: Timestamp) throws {
        let oldStage = fields["stage_id"]
        let oldStatus = fields["status"]
        for member in body.members where member.key != "custom_fields" { fields[member.key] = member.value }
        try CustomFields.merge(body["custom_fields"] ?? [:], into: &fields, self.fields[.deal] ?? [])
        fields["stage_id"] = .int(stage.id)
        fields["pipeline_id"] = stage["pipeline_id"]
        if fields["stage_id"] != oldStage { fields["stage_change_time"] = .string(now.rfc3339) }
        if fields["status"] != oldStatus { stampStatus(in: &fields, given: body, now: now) }
        if let isArchived = body["is_archived"]?.truth {
            fields["archive_time"] = isArchived ? .string(now.rfc3339) : .null
        }
    }

    private func stampStatus(in fields: inout JSONObject, given body: JSONObject, now: Timestamp) {
        let status = fields["status"]?.text
        let time = JSON.string(now.rfc3339)
        let day = JSON.string(now.day)
        fields["won_time"] = body["won_time"] ?? (status == "won" ? time : .null)
        fields["lost_time"] = body["lost_time"] ?? (status == "lost" ? time : .null)
        fields["close_time"] = body["close_time"] ?? (status == "open" ? .null : time)
        fields["local_won_date"] = status == "won" ? day : .null
        fields["local_lost_date"] = status == "lost" ? day : .null
        fields["local_close_date"] = status == "open" ? .null : day
    }

    private func checkDealLinks(_ body: JSONObject) throws {
        try requireUser(body["owner_id"], "owner_id")
        try require(.person, body["person_id"], "person_id")
        try require(.organization, body["org_id"], "org_id")
        try require(.pipeline, body["pipeline_id"], "pipeline_id")
        try require(.stage, body["stage_id"], "stage_id")
        if body["title"]?.text?.isEmpty == true { throw Refusal.bad("Parameter 'title' must not be empty") }
    }

    /// The stage the deal is to be in: as asked, or the first of the pipeline asked for, or where it is.
    private func stage(for body: JSONObject, current: Record?) throws -> Record {
        let pipelineID = body["pipeline_id"]?.whole
        if let id = body["stage_id"]?.whole, let stage = self[.stage][id] {
            if let pipelineID, stage["pipeline_id"] != .int(pipelineID) {
                throw Refusal.bad("Parameter 'stage_id': stage \(id) is not in pipeline \(pipelineID)")
            }
            return stage
        }
        if let current, pipelineID == nil || current["pipeline_id"] == .optional(pipelineID),
            let stage = current["stage_id"].whole.flatMap({ self[.stage][$0] })
        {
            return stage
        }
        guard let pipeline = pipelineID ?? pipelines.first?.id, let first = stages(of: pipeline).first else {
            throw Refusal.bad("Parameter 'pipeline_id': the pipeline has no stages")
        }
        return first
    }

    var pipelines: [Record] {
        self[.pipeline].records.filter { !$0.isDeleted }.sorted { $0.rank < $1.rank }
    }

    func stages(of pipelineID: Int) -> [Record] {
        self[.stage].records.filter { $0["pipeline_id"] == .int(pipelineID) && !$0.isDeleted }
            .sorted { $0.rank < $1.rank }
    }
}

extension Record {
    /// The place in its list that a person gave it.
    fileprivate var rank: Int { self["order_nr"].whole ?? 0 }
}
