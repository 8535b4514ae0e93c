public import Domain

extension PipedriveClient: LeadConversions {
    // Pipedrive has no look-up from a lead to its deal. The newest five thousand deals are looked through: 100 tokens,
    // and only for a lead that is gone.
    private static let pageLimit = 10

    /// The lead while it is there; else the newest deal that says it came of it.
    public func target(ofLead id: String, access: PipedriveAccess) async throws -> NoteTarget? {
        if try await isThere(lead: id, access: access) { return .lead(id) }
        var query: PipedriveGateway.Query = [
            ("include_fields", "source_lead_id"), ("sort_by", "add_time"), ("sort_direction", "desc"),
            ("limit", String(PipedriveFacts.pageLimit)),
        ]
        let operation = PipedriveFacts.convertedDeals
        for _ in 0..<Self.pageLimit {
            let answer = try await gateway.answer(to: operation, query: query, access: access)
            let found = (answer["data"]?.elements ?? []).first {
                $0["source_lead_id"]?.text == id && $0["is_deleted"]?.flag != true
            }
            if let deal = found?["id"]?.integer { return .deal(Deal.ID(deal)) }
            guard let cursor = RecordReading.filled(answer["additional_data"]?["next_cursor"]) else { return nil }
            query.removeAll { $0.name == "cursor" }
            query.append(("cursor", cursor))
        }
        return nil
    }

    private func isThere(lead id: String, access: PipedriveAccess) async throws -> Bool {
        do {
            // A text that is no identifier could lead the path elsewhere.
            guard
                id.utf8.allSatisfy({
                    $0 == 45 || (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                })
            else { return false }
            let answer = try await gateway.answer(to: PipedriveFacts.lead, word: id, access: access)
            return answer["data"]?["id"]?.text == id
        } catch let failure as CRMFailure where failure.isMissing {
            return false
        }
    }
}
