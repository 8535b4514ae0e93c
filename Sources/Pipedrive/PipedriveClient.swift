public import Domain
public import HTTPTransport

/// Reads and writes Pipedrive's records over its REST API. Holds no state but names of custom fields, for ten minutes.
public struct PipedriveClient: CRM {
    let gateway: PipedriveGateway
    let fieldCache: DealFieldCache

    /// Makes a client; the transport must not follow redirects.
    public init(configuration: PipedriveConfiguration, transport: any HTTPSending) {
        gateway = PipedriveGateway(configuration: configuration, transport: transport)
        fieldCache = DealFieldCache()
    }

    /// A list page of at most 500 records, by id; one request of 10 tokens.
    public func page(_ kind: RecordKind, cursor: String?, access: PipedriveAccess) async throws -> FetchedPage {
        let operation = Self.listOperation(kind)
        var query: PipedriveGateway.Query = [("limit", String(PipedriveFacts.pageLimit)), ("sort_by", "id")]
        if let cursor { query.append(("cursor", cursor)) }
        let answer = try await gateway.answer(to: operation, query: query, access: access)
        let records = try Self.records(kind, answer["data"]?.elements ?? [], of: operation)
        let next = Self.nextCursor(answer)
        // A cursor that leads to itself would keep a run going for ever.
        if next != nil, next == cursor { throw PipedriveGateway.unreadable(operation) }
        return FetchedPage(page: records, nextCursor: next, tokenCost: operation.tokenCost)
    }

    /// One record, deleted ones included; an empty page when it is not there or this user may not see it.
    public func record(_ kind: RecordKind, id: Int64, access: PipedriveAccess) async throws -> RecordPage {
        let operation = Self.singleOperation(kind)
        guard let node = try await single(operation, id: id, access: access) else {
            return try Self.records(kind, [], of: operation)
        }
        return try Self.records(kind, [node], of: operation)
    }

    /// Pipelines with their stages, in order, deleted ones left out.
    public func pipelines(access: PipedriveAccess) async throws -> [Pipeline] {
        async let pipelineNodes = allPages(PipedriveFacts.pipelines, access: access)
        async let stageNodes = allPages(PipedriveFacts.stages, query: [("sort_by", "order_nr")], access: access)
        let stages = Self.inOrder(try await stageNodes)
        return try Self.inOrder(try await pipelineNodes).map { node in
            guard let id = node["id"]?.integer else { throw PipedriveGateway.unreadable(PipedriveFacts.pipelines) }
            let own = stages.filter { $0["pipeline_id"]?.integer == id }
            return Pipeline(
                id: Pipeline.ID(id), name: node["name"]?.text ?? "",
                stages: try own.map { stage in
                    guard let stageID = stage["id"]?.integer else {
                        throw PipedriveGateway.unreadable(PipedriveFacts.stages)
                    }
                    return Stage(id: Stage.ID(stageID), name: stage["name"]?.text ?? "")
                })
        }
    }

    /// The record under `data`; nil when it is not there or not visible, which Pipedrive does not tell apart.
    func single(
        _ operation: PipedriveOperation, id: Int64, access: PipedriveAccess
    ) async throws -> JSONNode? {
        do {
            let answer = try await gateway.answer(to: operation, id: id, access: access)
            guard let node = answer["data"], node.isObject else { throw PipedriveGateway.unreadable(operation) }
            return node
        } catch let failure as CRMFailure where failure.isMissing || Self.isInvisible(failure) {
            return nil
        }
    }

    /// Every element of a list, page after page.
    func allPages(
        _ operation: PipedriveOperation, id: Int64? = nil, query: PipedriveGateway.Query = [], access: PipedriveAccess
    ) async throws -> [JSONNode] {
        var nodes: [JSONNode] = []
        var cursor: String?
        var seen: Set<String> = []
        repeat {
            var page = query + [("limit", String(PipedriveFacts.pageLimit))]
            if let cursor { page.append(("cursor", cursor)) }
            let answer = try await gateway.answer(to: operation, id: id, query: page, access: access)
            nodes += answer["data"]?.elements ?? []
            cursor = Self.nextCursor(answer)
            if let cursor, !seen.insert(cursor).inserted { throw PipedriveGateway.unreadable(operation) }
        } while cursor != nil
        return nodes
    }

    static func isInvisible(_ failure: CRMFailure) -> Bool {
        failure.kind == .rejected && failure.status == 403
    }

    static func nextCursor(_ answer: JSONNode) -> String? {
        RecordReading.filled(answer["additional_data"]?["next_cursor"])
    }

    /// Deleted ones left out, by `order_nr`, then as they came.
    static func inOrder(_ nodes: [JSONNode]) -> [JSONNode] {
        nodes.enumerated().filter { $0.element["is_deleted"]?.flag != true }
            .map { (rank: $0.element["order_nr"]?.integer ?? .max, position: $0.offset, node: $0.element) }
            .sorted { ($0.rank, $0.position) < ($1.rank, $1.position) }
            .map(\.node)
    }

    static func listOperation(_ kind: RecordKind) -> PipedriveOperation {
        switch kind {
        case .organization: PipedriveFacts.organizations
        case .person: PipedriveFacts.persons
        case .product: PipedriveFacts.products
        }
    }

    static func singleOperation(_ kind: RecordKind) -> PipedriveOperation {
        switch kind {
        case .organization: PipedriveFacts.organization
        case .person: PipedriveFacts.person
        case .product: PipedriveFacts.product
        }
    }

    static func records(
        _ kind: RecordKind, _ nodes: [JSONNode], of operation: PipedriveOperation, policy: SyncPolicy? = nil
    ) throws -> RecordPage {
        switch kind {
        case .organization: .organizations(try read(nodes, operation) { RecordReading.organization($0, policy) })
        case .person: .persons(try read(nodes, operation) { RecordReading.person($0, policy) })
        case .product: .products(try read(nodes, operation) { RecordReading.product($0, policy) })
        }
    }

    private static func read<Record>(
        _ nodes: [JSONNode], _ operation: PipedriveOperation, _ record: (JSONNode) -> Record?
    ) throws -> [Record] {
        try nodes.map { node in
            guard let value = record(node) else { throw PipedriveGateway.unreadable(operation) }
            return value
        }
    }
}
