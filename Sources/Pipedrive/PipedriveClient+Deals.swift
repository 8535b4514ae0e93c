public import Domain
public import FoundationEssentials

extension PipedriveClient {
    /// A deal with all that a quote is drafted from; nil when it is not there or this user may not see it.
    ///
    /// The deal is read first, everything that hangs on it at once after that. A person or organization that this
    /// user may not see is left out. Figures that fit no document are `rejected` with the line's number.
    public func dealContext(_ id: Deal.ID, access: PipedriveAccess) async throws -> DealContext? {
        guard let node = try await single(PipedriveFacts.deal, id: id.rawValue, access: access) else { return nil }
        let currency = try DealReading.currency(node)
        async let fields = customFields(node, access: access)
        async let products = products(of: id, currency: currency, access: access)
        async let discounts = discounts(of: id, currency: currency, access: access)
        async let notes = newestNotes(of: id, access: access)
        async let person = linked(PipedriveFacts.person, node["person_id"], access) { RecordReading.person($0) }
        async let organization = linked(
            PipedriveFacts.organization, node["org_id"], access
        ) { RecordReading.organization($0) }
        return DealContext(
            deal: try DealReading.deal(node, customFields: try await fields), products: try await products,
            discounts: try await discounts, person: try await person, organization: try await organization,
            notes: try await notes)
    }

    private func products(
        of id: Deal.ID, currency: Currency, access: PipedriveAccess
    ) async throws -> [DealProduct] {
        let nodes = try await allPages(
            PipedriveFacts.dealProducts, id: id.rawValue, query: [("sort_by", "order_nr")], access: access)
        return try Self.inOrder(nodes).enumerated().map { position, node in
            try DealReading.product(node, number: position + 1, currency: currency)
        }
    }

    private func discounts(
        of id: Deal.ID, currency: Currency, access: PipedriveAccess
    ) async throws -> [DealDiscount] {
        let answer = try await gateway.answer(to: PipedriveFacts.dealDiscounts, id: id.rawValue, access: access)
        return (answer["data"]?.elements ?? []).map { DealReading.discount($0, currency: currency) }
    }

    private func linked<Record>(
        _ operation: PipedriveOperation, _ reference: JSONNode?, _ access: PipedriveAccess,
        _ read: @Sendable (JSONNode) -> Record?
    ) async throws -> Record? {
        guard let id = DealReading.identifier(reference) else { return nil }
        return try await single(operation, id: id, access: access).flatMap(read)
    }

    /// Asks for the names once more when the deal has a field or an option that the kept ones do not know.
    private func customFields(_ deal: JSONNode, access: PipedriveAccess) async throws -> [String: String] {
        guard let values = deal["custom_fields"], values.members.contains(where: { !$0.value.isNull }) else {
            return [:]
        }
        if let kept = fieldCache.names(for: access), kept.covers(values) { return kept.read(values) }
        let nodes = try await allPages(PipedriveFacts.dealFields, access: access)
        let names = DealFieldNames(nodes.compactMap(DealFieldNames.Field.init))
        fieldCache.keep(names, for: access)
        return names.read(values)
    }
}

extension PipedriveClient: DealListing {
    /// Deals that changed since, archived and deleted ones left out; 10 tokens per 500.
    public func deals(
        in pipeline: Pipeline.ID?, updatedSince: Date, access: PipedriveAccess
    ) async throws -> [StagedDeal] {
        var query: PipedriveGateway.Query = [("updated_since", Timestamp.text(updatedSince)), ("sort_by", "id")]
        if let pipeline { query.insert(("pipeline_id", "\(pipeline)"), at: 0) }
        return try Self.staged(try await allPages(PipedriveFacts.deals, query: query, access: access))
    }

    /// At most 100 deals by their numbers; 10 tokens.
    public func deals(_ ids: [Deal.ID], access: PipedriveAccess) async throws -> [StagedDeal] {
        let list = ids.prefix(100).map { "\($0)" }.joined(separator: ",")
        return try Self.staged(try await allPages(PipedriveFacts.deals, query: [("ids", list)], access: access))
    }

    private static func staged(_ nodes: [JSONNode]) throws -> [StagedDeal] {
        try nodes.compactMap { node in
            guard let id = node["id"]?.integer, let stage = node["stage_id"]?.integer else {
                throw PipedriveGateway.unreadable(PipedriveFacts.deals)
            }
            guard node["is_deleted"]?.flag != true, node["is_archived"]?.flag != true,
                let status = node["status"]?.text.flatMap(Deal.Status.init(rawValue:))
            else { return nil }
            let entered = RecordReading.filled(node["stage_change_time"]) ?? RecordReading.filled(node["add_time"])
            return StagedDeal(
                id: Deal.ID(id), status: status, stageID: Stage.ID(stage),
                enteredAt: entered.flatMap(Timestamp.date),
                personID: DealReading.identifier(node["person_id"]).map { Person.ID($0) },
                organizationID: DealReading.identifier(node["org_id"]).map { Organization.ID($0) })
        }
    }
}

extension PipedriveClient: DealGlancing {
    /// A deal's title, person and organization, in one request.
    public func glance(_ id: Deal.ID, access: PipedriveAccess) async throws -> DealGlance? {
        guard let node = try await single(PipedriveFacts.deal, id: id.rawValue, access: access) else { return nil }
        return DealGlance(
            id: id, title: RecordReading.filled(node["title"]) ?? "",
            personID: DealReading.identifier(node["person_id"]).map { Person.ID($0) },
            organizationID: DealReading.identifier(node["org_id"]).map { Organization.ID($0) })
    }
}
