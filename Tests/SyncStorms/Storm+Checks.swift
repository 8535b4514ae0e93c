import Domain
import DomainTestSupport
import FoundationEssentials

extension Storm {
    /// What has to hold whenever a full run has ended.
    func check(afterEpoch epoch: Int) {
        let tenant = storage.tenant
        let state = tenant.ruled ?? RuledState()
        checkLinks(state, epoch)
        checkDuplicates(state, epoch)
        checkDirection(state, epoch)
        if settings.direction == .both { checkPairs(state, epoch) }
        for words in people.lostValues(self) where settings.direction == .both { note("epoch \(epoch): \(words)") }
    }

    private func checkLinks(_ state: RuledState, _ epoch: Int) {
        let live = state.links.filter { $0.state == .live }
        let pairs = Dictionary(grouping: live, by: \.localID).values.filter { $0.count > 1 }
        if !pairs.isEmpty { note("epoch \(epoch): one of ours has two live links: \(pairs)") }
        let records = Dictionary(grouping: state.links) { RuledState.RecordName(kind: $0.kind, id: $0.recordID) }
        for (name, links) in records where links.count > 1 { note("epoch \(epoch): \(name) has \(links.count) links") }
        for link in live where link.recordID < 0 && !state.waiting.contains(link.localID) {
            note("epoch \(epoch): \(link.localID) is still being created")
        }
    }

    /// The number that people gave to what they made; it stands in the name, on both sides.
    private func tag(_ name: String?) -> Substring? { name?.split(separator: " ").first }

    private func checkDuplicates(_ state: RuledState, _ epoch: Int) {
        for (name, count) in state.madeFrom where count > 1 {
            note("epoch \(epoch): \(count) contacts were made of \(name)")
        }
        let made = pipedrive.records.filter(\.isOurs)
        for (local, count) in Dictionary(made.map { ($0.madeOf ?? "", 1) }, uniquingKeysWith: +) where count > 1 {
            note("epoch \(epoch): \(count) records were made of \(local)")
        }
        guard settings.isCalm else { return }
        for (tag, twins) in Dictionary(grouping: locals, by: { tag($0.values[.name]) }) where twins.count > 1 {
            note("epoch \(epoch): \(tag ?? "") is there \(twins.count) times in PayDock")
        }
        let alive = pipedrive.records.filter { !$0.isDeleted }
        for (tag, twins) in Dictionary(grouping: alive, by: { tag($0.values[.name]) }) where twins.count > 1 {
            note("epoch \(epoch): \(tag ?? "") is there \(twins.count) times in Pipedrive")
        }
    }

    private func checkDirection(_ state: RuledState, _ epoch: Int) {
        if settings.direction == .pull, pipedrive.writeCount > 0 {
            note("epoch \(epoch): \(pipedrive.writeCount) writes to Pipedrive, though values only come in")
        }
        if settings.direction == .push, state.writeCount > 0 {
            note("epoch \(epoch): \(state.writeCount) contacts were written, though values only go out")
        }
    }

    /// Both ways: both sides say the same.
    func checkPairs(_ state: RuledState, _ epoch: Int) {
        let all = locals
        for link in state.links where link.state == .live && link.recordID > 0 {
            guard let record = pipedrive.record(link.recordID), !record.isDeleted,
                let here = all.first(where: { $0.id == link.localID })?.values
            else { continue }
            for field in SyncField.of(record.kind) {
                guard let there = record.values[field], let ours = here[field], there != ours else { continue }
                if field == .organization, !settings.isCalm || !isLinked(there, state) { continue }
                if field == .code, !settings.isCalm, isShared(code: there, by: record, all) { continue }
                note("epoch \(epoch): \(field.rawValue) of \(record.id) is \(there) there and \(ours) here")
            }
        }
        guard settings.isCalm else { return }
        for (tag, values) in people.expected {
            guard let entity = people.entities[tag], let record = entity.record.flatMap({ pipedrive.record($0) }),
                !record.isDeleted, !entity.isMerged
            else { continue }
            for field in SyncField.of(entity.kind) where field != .organization {
                guard let wanted = values[field], let there = record.values[field] else { continue }
                let wantedText = field == .address ? FieldText.address(FieldText.address(wanted)) : wanted
                let isOld = entity.isGoneHere
                if !isOld, there != wantedText {
                    note("epoch \(epoch): \(field.rawValue) of #\(tag) is \(there), people wrote \(wantedText)")
                }
            }
        }
    }

    /// Pipedrive lets products share a code, ours is unique: the second one's stays out, and a person is told.
    private func isShared(code: String, by record: StormPipedrive.Record, _ all: [Local]) -> Bool {
        pipedrive.records.contains { $0.id != record.id && !$0.isDeleted && $0.values[.code] == code }
            || all.contains { $0.values[.code] == code }
    }

    private func isLinked(_ number: String, _ state: RuledState) -> Bool {
        guard let id = Int64(number) else { return true }
        return state.links.contains { $0.kind == .organization && $0.recordID == id && $0.state == .live }
    }

    /// One of ours, of whatever kind, with what it says.
    struct Local: Hashable {
        let id: UUID
        /// An organization by Pipedrive's number.
        let values: FieldValues
    }

    /// All of ours.
    var locals: [Local] {
        let tenant = storage.tenant
        let state = tenant.ruled ?? RuledState()
        let contacts = tenant.contacts.map { contact in
            var organization: String? = ""
            if let id = contact.details.organizationID {
                organization = state.link(of: id.rawValue).flatMap { $0.recordID > 0 ? String($0.recordID) : nil }
            }
            return Local(
                id: contact.id.rawValue, values: FieldValues(contact.details, organization: organization))
        }
        return contacts + tenant.products.map { Local(id: $0.id.rawValue, values: FieldValues($0.details)) }
    }

    /// How both sides ended, for holding two deliveries of one history against each other: what is linked, by name.
    public var ending: [String] {
        let state = storage.tenant.ruled ?? RuledState()
        let all = locals
        return state.links.filter { $0.state == .live && $0.recordID > 0 }.compactMap { link in
            guard let record = pipedrive.record(link.recordID),
                let here = all.first(where: { $0.id == link.localID })?.values
            else { return nil }
            let values = SyncField.of(record.kind).filter { $0 != .organization }.map { record.values[$0] ?? "" }
            return "\(values) \(here[.name] ?? "")"
        }.sorted()
    }
}
