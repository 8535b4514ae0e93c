import Domain
import DomainTestSupport
import FoundationEssentials

/// The people of a storm: what they plan, what they did, and what they may expect of it.
struct StormPeople {
    let isCalm: Bool

    enum Side { case pipedrive, payDock }

    /// One thing somebody does.
    enum Act {
        case add(tag: Int, kind: RecordKind, side: Side, values: FieldValues, organization: Int?)
        case edit(tag: Int, side: Side, field: SyncField, value: String)
        case move(tag: Int, side: Side, organization: Int?)
        case delete(tag: Int, side: Side)
        case restore(tag: Int)
        case merge(loser: Int, survivor: Int)
    }

    /// A person or organization that somebody made, on whatever side.
    struct Entity {
        let tag: Int
        let kind: RecordKind
        let origin: Side
        let epoch: Int
        var record: Int64?
        var local: UUID?
        var isGoneThere = false
        var isGoneHere = false
        var isMerged = false
        var hasMembers = false
        /// What was changed in Pipedrive since the sync saw it last.
        var unheard: Set<SyncField> = []
    }

    private struct Spot: Hashable {
        let tag: Int
        let field: SyncField
    }

    private(set) var entities: [Int: Entity] = [:]
    private var acts: [Act] = []
    private var epoch = 0
    private var lastTag = 0
    private var lastRevision = 0
    /// Who edits a field in this epoch.
    private var owners: [Spot: Side] = [:]
    /// What was last written to a field.
    private(set) var expected: [Int: FieldValues] = [:]
    /// In this epoch: the latest edit of each side.
    private var edits: [Spot: (there: String?, here: String?)] = [:]
    private var seenThere: [Spot: Set<String>] = [:]
    private var seenHere: [Spot: Set<String>] = [:]

    init(isCalm: Bool) { self.isCalm = isCalm }

    var hasActs: Bool { !acts.isEmpty }

    // MARK: Planning

    /// What is there on both sides before they are connected.
    mutating func begin(_ storm: Storm) throws {
        let kinds: [RecordKind] = [.organization, .organization, .person, .person, .person, .product, .product]
        for kind in kinds {
            let values = fresh(kind)
            let tag = lastTag
            let there = storm.pipedrive.add(kind, values)
            let isTwin = kind == .organization || tag % 2 == 1
            let here: UUID? = isTwin ? try storm.add(kind, values, nil) : nil
            entities[tag] = Entity(tag: tag, kind: kind, origin: .pipedrive, epoch: 0, record: there.id, local: here)
        }
    }

    mutating func startEpoch(_ number: Int) {
        epoch = number
        owners = [:]
        edits = [:]
        for (tag, entity) in entities where !entity.isGoneThere { entities[tag]?.unheard = [] }
    }

    /// The next things that people do; the same for a history, however they are delivered.
    mutating func plan(_ count: Int, _ random: inout StormRandom) {
        for _ in 0..<count { if let act = next(&random) { acts.append(act) } }
    }

    private mutating func fresh(_ kind: RecordKind) -> FieldValues {
        lastTag += 1
        switch kind {
        case .organization:
            return FieldValues([
                .name: "#\(lastTag) Één B.V.", .address: "Kade \(lastTag)\n1234 AB\nDelft\nNederland",
            ])
        case .person:
            return FieldValues([
                .name: "#\(lastTag) Zoë", .emails: "p\(lastTag)@example.nl", .phones: "+31 \(lastTag)",
            ])
        case .product:
            // Every third has no code: it is known by its name.
            return FieldValues([
                .name: "#\(lastTag) Pomp", .code: lastTag % 3 == 0 ? "" : "P-\(lastTag)", .description: "",
                .unit: "stuk", .tax: "2100", .prices: "EUR \(lastTag)00\nUSD \(lastTag)25", .isActive: "yes",
            ])
        }
    }

    private mutating func next(_ random: inout StormRandom) -> Act? {
        let side: Side = random.chance(0.5) ? .pipedrive : .payDock
        let known = entities.values.filter { !$0.isMerged && ($0.epoch < epoch || $0.origin == side) }
            .filter { side == .pipedrive ? !$0.isGoneThere : !$0.isGoneHere }.sorted { $0.tag < $1.tag }
        switch random.below(20) {
        case 0, 1, 2, 3:
            let kind: RecordKind = [.organization, .product, .product, .person, .person, .person][random.below(6)]
            let organizations = known.filter { $0.kind == .organization && $0.epoch < epoch && isWhole($0) }
            let values = twinned(fresh(kind), kind, &random)
            let organization = kind == .person && random.chance(0.5) ? organizations.randomElement(using: &random) : nil
            if let organization { entities[organization.tag]?.hasMembers = true }
            entities[lastTag] = Entity(tag: lastTag, kind: kind, origin: side, epoch: epoch)
            return .add(tag: lastTag, kind: kind, side: side, values: values, organization: organization?.tag)
        case 4:
            guard let one = known.randomElement(using: &random), isWhole(one), own(one, side) else { return nil }
            guard !isCalm || one.kind != .organization else { return nil }
            if side == .pipedrive {
                entities[one.tag]?.isGoneThere = true
            } else {
                entities[one.tag]?.isGoneHere = true
            }
            return .delete(tag: one.tag, side: side)
        case 5:
            let gone = entities.values.filter { $0.isGoneThere && !$0.isMerged }.sorted { $0.tag < $1.tag }
            guard let one = gone.randomElement(using: &random), own(one, .pipedrive) else { return nil }
            entities[one.tag]?.isGoneThere = false
            return .restore(tag: one.tag)
        case 6: return merge(known, &random)
        case 7, 8:
            guard let one = known.filter({ $0.kind == .person }).randomElement(using: &random) else { return nil }
            let organizations = known.filter { $0.kind == .organization && $0.epoch < epoch && isWhole($0) }
            let organization = random.chance(0.8) ? organizations.randomElement(using: &random) : nil
            guard own(one, .organization, side) else { return nil }
            if let organization { entities[organization.tag]?.hasMembers = true }
            return .move(tag: one.tag, side: side, organization: organization?.tag)
        default: return edit(known, side, &random)
        }
    }

    private mutating func edit(_ known: [Entity], _ side: Side, _ random: inout StormRandom) -> Act? {
        guard let one = known.randomElement(using: &random) else { return nil }
        let fields: [SyncField] =
            switch one.kind {
            case .person: [.name, .emails, .phones]
            case .organization: [.name, .address]
            case .product: SyncField.of(.product)
            }
        guard let field = fields.randomElement(using: &random), own(one, field, side) else { return nil }
        // Nobody heard of it before the record was deleted there: it still stands against an edit of ours.
        if isCalm, side == .payDock, one.isGoneThere, one.unheard.contains(field) { return nil }
        if side == .pipedrive { entities[one.tag]?.unheard.insert(field) }
        lastRevision += 1
        let value: String
        switch field {
        case .name: value = "#\(one.tag) مرحبا \(lastRevision)"
        case .emails:
            let other = !isCalm && random.chance(0.2) ? 1 + random.below(lastTag) : one.tag
            value = random.chance(0.1) ? "" : "p\(other)@example.nl\nq\(lastRevision)@example.nl"
        case .phones: value = random.chance(0.2) ? "" : "+31 \(one.tag) \(lastRevision)"
        case .code:
            let other = !isCalm && random.chance(0.3) ? 1 + random.below(lastTag) : nil
            value = other.map { "P-\($0)" } ?? (random.chance(0.1) ? "" : "P-\(one.tag)-\(lastRevision)")
        case .description, .unit: value = random.chance(0.2) ? "" : "per \(lastRevision)"
        case .tax: value = ["0", "900", "2100"][random.below(3)]
        case .isActive: value = random.chance(0.5) ? "no" : "yes"
        case .prices:
            let currencies = ["EUR", "JPY", "USD"].filter { _ in random.chance(0.6) }
            value = currencies.map { "\($0) \(lastRevision * 100 + random.below(100))" }.joined(separator: "\n")
        default: value = random.chance(0.2) ? "" : "Dijk \(lastRevision)\n\nGouda\n"
        }
        return .edit(tag: one.tag, side: side, field: field, value: value)
    }

    private mutating func merge(_ known: [Entity], _ random: inout StormRandom) -> Act? {
        let whole = known.filter { $0.kind == .person && $0.epoch < epoch && isWhole($0) }
        guard let loser = whole.randomElement(using: &random), let survivor = whole.randomElement(using: &random),
            loser.tag != survivor.tag, own(loser, .pipedrive), own(survivor, .pipedrive)
        else { return nil }
        entities[loser.tag]?.isGoneThere = true
        entities[loser.tag]?.isMerged = true
        entities[survivor.tag]?.unheard.formUnion([.emails, .phones])
        return .merge(loser: loser.tag, survivor: survivor.tag)
    }

    /// In conflicting histories some people are entered twice, with one address, and some products with one code.
    private func twinned(_ values: FieldValues, _ kind: RecordKind, _ random: inout StormRandom) -> FieldValues {
        guard !isCalm, kind != .organization, random.chance(0.15) else { return values }
        var values = values
        let tag = 1 + random.below(lastTag)
        if kind == .person { values[.emails] = "p\(tag)@example.nl" } else { values[.code] = "P-\(tag)" }
        return values
    }

    private func isWhole(_ entity: Entity) -> Bool { !entity.isGoneThere && !entity.isGoneHere && !entity.isMerged }

    private mutating func own(_ entity: Entity, _ field: SyncField, _ side: Side) -> Bool {
        let spot = Spot(tag: entity.tag, field: field)
        if isCalm, let owner = owners[spot], owner != side { return false }
        owners[spot] = side
        return true
    }

    private mutating func own(_ entity: Entity, _ side: Side) -> Bool {
        let fields = SyncField.of(entity.kind)
        if isCalm, fields.contains(where: { owners[Spot(tag: entity.tag, field: $0)].map { $0 != side } ?? false }) {
            return false
        }
        for field in fields { owners[Spot(tag: entity.tag, field: field)] = side }
        return true
    }

    // MARK: Acting

    /// Does the next thing.
    mutating func act(_ storm: Storm) throws {
        guard !acts.isEmpty else { return }
        storm.advance(1.5)
        findPairs(storm)
        let act = acts.removeFirst()
        storm.tracer?("people: \(act)")
        switch act {
        case .add(let tag, let kind, let side, var values, let organization):
            expected[tag] = values
            if side == .pipedrive {
                if let number = organization.flatMap({ entities[$0]?.record }) {
                    values[.organization] = String(number)
                }
                entities[tag]?.record = storm.pipedrive.add(kind, values).id
            } else {
                let member = organization.flatMap { entities[$0]?.local }
                entities[tag]?.local = try storm.add(kind, values, member)
            }
        case .edit(let tag, let side, let field, let value):
            let spot = Spot(tag: tag, field: field)
            if side == .pipedrive {
                guard let record = entities[tag]?.record else { return }
                expected[tag, default: FieldValues()][field] = value
                edits[spot, default: (nil, nil)].there = value
                storm.pipedrive.change(record, FieldValues([field: value]))
            } else {
                guard let local = entities[tag]?.local, try storm.edit(local, field, value) else { return }
                expected[tag, default: FieldValues()][field] = value
                edits[spot, default: (nil, nil)].here = value
            }
        case .move(let tag, let side, let organization):
            if side == .pipedrive {
                guard let record = entities[tag]?.record else { return }
                let number = organization.flatMap { entities[$0]?.record }.map(String.init) ?? ""
                storm.pipedrive.change(record, FieldValues([.organization: number]))
            } else {
                guard let local = entities[tag]?.local else { return }
                let id = organization.flatMap { entities[$0]?.local }.map { Contact.ID($0) }
                try storm.edit(local) { $0.organizationID = id }
            }
        case .delete(let tag, let side):
            if side == .pipedrive {
                if let record = entities[tag]?.record { storm.pipedrive.delete(record) }
            } else if let local = entities[tag]?.local {
                try storm.delete(local)
            }
        case .restore(let tag): if let record = entities[tag]?.record { storm.pipedrive.restore(record) }
        case .merge(let loser, let survivor):
            guard let gone = entities[loser]?.record, let kept = entities[survivor]?.record else { return }
            storm.pipedrive.merge(gone, into: kept)
            for field in [SyncField.emails, .phones] {
                expected[survivor]?[field] = nil
                edits[Spot(tag: survivor, field: field)] = nil
            }
        }
        look(storm)
    }

    /// Who is whom on the other side, by the links.
    private mutating func findPairs(_ storm: Storm) {
        let all: [RuledState.Link] = storm.storage.tenant.ruled?.links ?? []
        let links = all.filter { $0.state == .live && $0.recordID > 0 }
        for (tag, entity) in entities {
            if entity.record == nil, let local = entity.local {
                entities[tag]?.record = links.first { $0.localID == local }?.recordID
            } else if entity.local == nil, let record = entity.record {
                entities[tag]?.local = links.first { $0.recordID == record }?.localID
            }
        }
    }

    /// Remembers what stands in each field on both sides.
    mutating func look(_ storm: Storm) {
        guard !isCalm else { return }
        findPairs(storm)
        let locals = storm.locals
        for (tag, entity) in entities {
            for field in SyncField.of(entity.kind) where field != .organization {
                let spot = Spot(tag: tag, field: field)
                if let value = entity.record.flatMap({ storm.pipedrive.record($0) })?.values[field] {
                    seenThere[spot, default: []].insert(value)
                }
                if let value = locals.first(where: { $0.id == entity.local })?.values[field] {
                    seenHere[spot, default: []].insert(value)
                }
            }
        }
    }

    // MARK: Expecting

    /// Edits of one field on both sides since the last sync whose loser is nowhere: neither kept, nor ever synced.
    mutating func lostValues(_ storm: Storm) -> [String] {
        findPairs(storm)
        let state = storm.storage.tenant.ruled ?? RuledState()
        return edits.compactMap { spot, edit in
            guard let there = edit.there, let here = edit.here, there != here, let entity = entities[spot.tag],
                let record = entity.record, let local = entity.local,
                state.link(of: local)?.recordID == record, let kept = storm.pipedrive.record(record),
                !kept.isDeleted, let value = kept.values[spot.field]
            else { return nil }
            let lost = state.conflicts.filter { $0.localID == local && $0.field == spot.field }.map(\.lost)
            // Emptied and filled again is nothing that could be kept.
            if value != there, !there.isEmpty, !lost.contains(there), seenHere[spot]?.contains(there) != true,
                !storm.pipedrive.isRaced(record, spot.field, there)
            {
                return "\(spot.field.rawValue) of #\(spot.tag): Pipedrive's \(there) is lost to \(value)"
            }
            if value != here, !here.isEmpty, !lost.contains(here), seenThere[spot]?.contains(here) != true {
                return "\(spot.field.rawValue) of #\(spot.tag): PayDock's \(here) is lost to \(value)"
            }
            return nil
        }
    }
}

extension Storm {
    /// Somebody enters one of ours; nil where it is refused.
    func add(_ kind: RecordKind, _ values: FieldValues, _ organization: UUID?) throws -> UUID? {
        guard kind == .product else { return try contact(kind, values, organization) }
        var details = ProductDetails(name: "")
        for field in SyncField.of(.product) { values[field].map { details.set(field, $0) } }
        let entered = details
        return try unlessTaken { try $0.catalog.insert(entered).id.rawValue }
    }

    /// Two of our products can't have one code: who enters it is told so.
    private func unlessTaken<Value>(_ body: (any StorageTransaction) throws -> Value?) throws -> Value? {
        do {
            return try storage.transaction(.api(company), body)
        } catch let refusal as Refusal where refusal.code == .conflict {
            return nil
        }
    }

    private func contact(_ kind: RecordKind, _ values: FieldValues, _ organization: UUID?) throws -> UUID {
        try storage.transaction(.api(company)) { transaction in
            try transaction.contacts.insert(
                ContactDetails(
                    kind: kind == .person ? .person : .organization, name: values[.name] ?? "",
                    organizationID: organization.map { Contact.ID($0) },
                    emails: FieldText.entries(values[.emails] ?? ""), phones: FieldText.entries(values[.phones] ?? ""),
                    address: FieldText.address(values[.address] ?? ""))
            ).id.rawValue
        }
    }

    func edit(_ local: UUID, _ body: (inout ContactDetails) -> Void) throws {
        try storage.transaction(.api(company)) { transaction in
            guard var details = try transaction.contacts.contact(Contact.ID(local))?.details else { return }
            body(&details)
            _ = try transaction.contacts.update(Contact.ID(local), details)
        }
    }

    /// Somebody edits one field of ours; false where it is refused, or gone.
    func edit(_ local: UUID, _ field: SyncField, _ value: String) throws -> Bool {
        let isProduct = storage.tenant.products.contains { $0.id.rawValue == local }
        guard !isProduct else {
            return try unlessTaken { transaction in
                guard var details = try transaction.catalog.product(Product.ID(local))?.details else { return false }
                details.set(field, value)
                return try transaction.catalog.update(Product.ID(local), details) != nil
            } ?? false
        }
        try edit(local) { details in
            switch field {
            case .name: details.name = value
            case .emails: details.emails = FieldText.entries(value)
            case .phones: details.phones = FieldText.entries(value)
            default: details.address = FieldText.address(value)
            }
        }
        return true
    }

    func delete(_ local: UUID) throws {
        try storage.transaction(.api(company)) { transaction in
            if try transaction.catalog.product(Product.ID(local)) != nil {
                _ = try transaction.catalog.delete(Product.ID(local))
            } else {
                _ = try transaction.contacts.delete(Contact.ID(local))
            }
        }
    }
}
