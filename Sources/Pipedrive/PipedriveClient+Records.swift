public import Domain
import FoundationEssentials

extension PipedriveClient: CRMRecords {
    /// A list page of at most 500 records: all by id, or the changed ones by time, or the newest first; 10 tokens.
    public func page(
        _ listing: RecordListing, policy: SyncPolicy, access: PipedriveAccess
    ) async throws -> FetchedPage {
        let operation = Self.listOperation(listing.kind)
        var query: PipedriveGateway.Query = [("limit", String(PipedriveFacts.pageLimit))]
        if listing.newestFirst {
            query += [("sort_by", "add_time"), ("sort_direction", "desc")]
        } else if let since = listing.changedSince {
            query += [("sort_by", "update_time"), ("sort_direction", "asc"), ("updated_since", Timestamp.text(since))]
        } else {
            query.append(("sort_by", "id"))
        }
        if let cursor = listing.cursor { query.append(("cursor", cursor)) }
        let answer = try await gateway.answer(to: operation, query: query, access: access)
        let nodes = answer["data"]?.elements ?? []
        let next = Self.nextCursor(answer)
        // A cursor that leads to itself would keep a run going for ever.
        if next != nil, next == listing.cursor { throw PipedriveGateway.unreadable(operation) }
        return FetchedPage(
            page: try Self.records(listing.kind, nodes, of: operation, policy: policy), nextCursor: next,
            tokenCost: operation.tokenCost)
    }

    /// These records: one by one while that is cheaper than a list of them. Variations come from their products.
    public func records(
        _ kind: RecordKind, ids: [Int64], policy: SyncPolicy, access: PipedriveAccess
    ) async throws -> FetchedPage {
        let variations = kind == .product ? ids.filter { CatalogItem.ID($0).variation != nil } : []
        guard !variations.isEmpty else { return try await listed(kind, ids: ids, policy, access) }
        let wanted = Set(ids)
        let products = Set(ids.map { CatalogItem.ID($0).product }).sorted()
        let whole = try await listed(kind, ids: products, policy, access)
        guard case .products(let items) = whole.page else { return whole }
        let asked = Set(variations.map { CatalogItem.ID($0).product })
        let parts = try await self.variations(
            of: items.filter { !$0.isDeleted && asked.contains($0.id.rawValue) }, access: access)
        guard case .products(let found) = parts.page else { return whole }
        return FetchedPage(
            page: .products((items + found).filter { wanted.contains($0.id.rawValue) }), nextCursor: nil,
            tokenCost: whole.tokenCost + parts.tokenCost)
    }

    /// The variations of these products, eight products at a time.
    public func variations(of products: [CatalogItem], access: PipedriveAccess) async throws -> FetchedPage {
        var found: [(Int, [CatalogItem])] = []
        var waiting = Array(products.enumerated())[...]
        try await withThrowingTaskGroup(of: (Int, [CatalogItem]).self) { group in
            func begin(_ next: (offset: Int, element: CatalogItem)) {
                group.addTask { (next.offset, try await self.variations(of: next.element, access)) }
            }
            waiting.prefix(8).forEach(begin)
            waiting = waiting.dropFirst(8)
            for try await answer in group {
                found.append(answer)
                if let next = waiting.popFirst() { begin(next) }
            }
        }
        return FetchedPage(
            page: .products(found.sorted { $0.0 < $1.0 }.flatMap(\.1)), nextCursor: nil,
            tokenCost: products.count * PipedriveFacts.variations.tokenCost)
    }

    /// None where the product is gone by now, or this user may not look.
    private func variations(of product: CatalogItem, _ access: PipedriveAccess) async throws -> [CatalogItem] {
        let operation = PipedriveFacts.variations
        do {
            return try await allPages(operation, id: product.id.rawValue, access: access).map { node in
                guard let variation = RecordReading.variation(node, of: product) else {
                    throw PipedriveGateway.unreadable(operation)
                }
                return variation
            }
        } catch let failure as CRMFailure where failure.isMissing || Self.isInvisible(failure) {
            return []
        }
    }

    private func listed(
        _ kind: RecordKind, ids: [Int64], _ policy: SyncPolicy, _ access: PipedriveAccess
    ) async throws -> FetchedPage {
        let (single, list) = (Self.singleOperation(kind), Self.listOperation(kind))
        guard ids.count >= list.tokenCost else {
            let nodes = try await withThrowingTaskGroup(of: (Int, JSONNode?).self) { group in
                for (place, id) in ids.enumerated() {
                    group.addTask { (place, try await self.single(single, id: id, access: access)) }
                }
                var found: [(Int, JSONNode?)] = []
                for try await node in group { found.append(node) }
                return found.sorted { $0.0 < $1.0 }.compactMap(\.1)
            }
            return FetchedPage(
                page: try Self.records(kind, nodes, of: single, policy: policy), nextCursor: nil,
                tokenCost: ids.count * single.tokenCost)
        }
        let query: PipedriveGateway.Query = [
            ("ids", ids.map(String.init).joined(separator: ",")), ("limit", String(PipedriveFacts.pageLimit)),
        ]
        let answer = try await gateway.answer(to: list, query: query, access: access)
        return FetchedPage(
            page: try Self.records(kind, answer["data"]?.elements ?? [], of: list, policy: policy), nextCursor: nil,
            tokenCost: list.tokenCost)
    }

    /// Makes a record; `mayHaveTakenEffect` says that it may be there although no answer came. 5 tokens.
    public func create(
        _ write: RecordWrite, policy: SyncPolicy, access: PipedriveAccess
    ) async throws -> FetchedPage {
        let operation =
            switch write.kind {
            case .organization: PipedriveFacts.addOrganization
            case .person: PipedriveFacts.addPerson
            case .product: PipedriveFacts.addProduct
            }
        return try await send(
            RecordWriting(policy: policy).body(write, current: nil), to: operation, id: nil, write.kind, policy, access)
    }

    /// Changes a record; 5 tokens, or none when Pipedrive has no place for any of the values.
    public func update(
        _ write: RecordWrite, current: RecordPage, policy: SyncPolicy, access: PipedriveAccess
    ) async throws -> FetchedPage {
        if case .products(let items) = current, let item = items.first, let variation = item.id.variation {
            return try await update(write, of: item, variation, policy, access)
        }
        let operation =
            switch write.kind {
            case .organization: PipedriveFacts.changeOrganization
            case .person: PipedriveFacts.changePerson
            case .product: PipedriveFacts.changeProduct
            }
        let body = RecordWriting(policy: policy).body(write, current: current)
        guard !body.isEmpty, let id = current.ids.first else {
            return FetchedPage(page: current, nextCursor: nil, tokenCost: 0)
        }
        return try await send(body, to: operation, id: id, write.kind, policy, access)
    }

    /// Of a variation only the prices are its own, all of them in one.
    private func update(
        _ write: RecordWrite, of item: CatalogItem, _ number: Int64, _ policy: SyncPolicy, _ access: PipedriveAccess
    ) async throws -> FetchedPage {
        let current = RecordPage.products([item])
        guard let prices = write.values[.prices] else {
            return FetchedPage(page: current, nextCursor: nil, tokenCost: 0)
        }
        let body = RecordWriting(policy: policy).body(
            RecordWrite(.product, FieldValues([.prices: prices])), current: current)
        let operation = PipedriveFacts.changeVariation
        let answer = try await gateway.answer(
            to: operation, id: item.id.product, variation: number, json: try JSONBody.encode(body), access: access)
        guard let node = answer["data"], node.isObject else { throw PipedriveGateway.unreadable(operation) }
        return FetchedPage(
            page: .products([RecordReading.variation(item, priced: node)]), nextCursor: nil,
            tokenCost: operation.tokenCost)
    }

    private func send(
        _ body: [String: SentValue], to operation: PipedriveOperation, id: Int64?, _ kind: RecordKind,
        _ policy: SyncPolicy, _ access: PipedriveAccess
    ) async throws -> FetchedPage {
        let answer = try await gateway.answer(
            to: operation, id: id, json: try JSONBody.encode(body), access: access)
        guard let node = answer["data"], node.isObject else { throw PipedriveGateway.unreadable(operation) }
        return FetchedPage(
            page: try Self.records(kind, [node], of: operation, policy: policy), nextCursor: nil,
            tokenCost: operation.tokenCost)
    }

    /// The custom fields of a kind; 10 tokens a page.
    public func customFields(_ kind: RecordKind, access: PipedriveAccess) async throws -> [CustomField] {
        let operation =
            switch kind {
            case .organization: PipedriveFacts.organizationFields
            case .person: PipedriveFacts.personFields
            case .product: PipedriveFacts.productFields
            }
        return try await allPages(operation, access: access).compactMap { node in
            guard node["is_custom_field"]?.flag == true, let code = node["field_code"]?.text,
                let name = RecordReading.filled(node["field_name"])
            else { return nil }
            let options = (node["options"]?.elements ?? []).compactMap { option -> CustomField.Option? in
                guard let id = option["id"]?.integer, let label = option["label"]?.text else { return nil }
                return CustomField.Option(id: id, label: label)
            }
            return CustomField(
                kind: kind, code: code, name: name, type: node["field_type"]?.text ?? "", options: options)
        }
    }
}
