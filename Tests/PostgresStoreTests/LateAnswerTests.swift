import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

/// What people do while an answer of Pipedrive is still out, or a record is gone. Each of these was a storm once.
@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct LateAnswerTests {
    private static func connected(_ stores: Stores) throws {
        try stores.connect()
        try stores.web { transaction throws in
            var settings = IntegrationSettings.initial
            for kind in RecordKind.allCases { settings.directions[kind] = .both }
            try transaction.settings.save(settings)
        }
        // An empty list, so that what fits is known.
        try stores.sync(.organizations([]), .persons([]), .products([]))
    }

    private static func takeOver(_ page: RecordPage, _ stores: Stores) throws -> TakenOver {
        try stores.cron { try $0.pairs.takeOver(FreshRecords(page: page, readAt: try $0.syncPolicy.clock())) }
    }

    private static func edit(_ id: UUID, _ stores: Stores, _ change: (inout ContactDetails) -> Void) throws {
        try stores.api { transaction throws in
            var details = try #require(try transaction.contacts.contact(Contact.ID(id))).details
            change(&details)
            _ = try transaction.contacts.update(Contact.ID(id), details)
        }
    }

    /// A contact of ours that was sent to Pipedrive without an answer.
    private static func sent(_ stores: Stores) throws -> UUID {
        try connected(stores)
        let id = try stores.api { try $0.addContact("Bo", emails: ["bo@example.com"]) }.rawValue
        let creation = try #require(try stores.cron { try $0.pairs.reserve(.person, locals: [id]) }.first)
        try stores.cron { try $0.pairs.settle(creation, .failed(isUnclear: true), run: nil) }
        return id
    }

    private static let bo = RecordPage.persons([
        Person(id: Person.ID(9), name: "Bo", emails: ["bo@example.com"], addedAt: Date(), updatedAt: Date())
    ])

    @Test func `what was renamed meanwhile is known by what was sent, and the new name follows`() throws {
        try withStores { stores throws in
            let id = try Self.sent(stores)
            try Self.edit(id, stores) {
                $0.name = "Bo Derek"
                $0.emails = []
            }
            let taken = try Self.takeOver(Self.bo, stores)
            #expect(taken.counts.created == 0)
            #expect(try stores.linked(.person, 9)?.id.rawValue == id)
            #expect(taken.writes.first?.write.values == FieldValues([.name: "Bo Derek", .emails: ""]))
            #expect(try stores.number("select count(*) as value from pipedrive.conflict") == 0)
        }
    }

    /// A linked contact of ours whose new telephone number was sent, with this outcome.
    private static func renumbered(_ stores: Stores, _ outcome: RemoteOutcome) throws -> UUID {
        try connected(stores)
        let id = try stores.api { try $0.addContact("Bo", emails: ["bo@example.com"]) }.rawValue
        _ = try takeOver(bo, stores)
        try edit(id, stores) { $0.phones = ["+31 6"] }
        let change = try #require(try takeOver(bo, stores).writes.first)
        #expect(change.write.values == FieldValues([.phones: "+31 6"]))
        try stores.cron { try $0.pairs.settle(change, outcome, run: nil) }
        return id
    }

    /// Pipedrive's record with that number, changed there a minute from now.
    private static func later(_ phone: String) -> RecordPage {
        .persons([
            Person(
                id: Person.ID(9), name: "Bo Derek", emails: ["bo@example.com"], phones: [phone], addedAt: Date(),
                updatedAt: Date(timeIntervalSinceNow: 60))
        ])
    }

    @Test func `what an unanswered change wrote is nobody's edit: a later one of ours goes out`() throws {
        try withStores { stores throws in
            let id = try Self.renumbered(stores, .failed(isUnclear: true))
            try Self.edit(id, stores) { $0.phones = ["+31 9"] }
            // The name was changed there since, so the record as a whole is younger than our edit.
            let taken = try Self.takeOver(Self.later("+31 6"), stores)
            #expect(taken.writes.first?.write.values == FieldValues([.phones: "+31 9"]))
            #expect(try stores.linked(.person, 9)?.details.phones == ["+31 9"])
            #expect(try stores.linked(.person, 9)?.details.name == "Bo Derek")
            #expect(try stores.number("select count(*) as value from pipedrive.conflict") == 0)
        }
    }

    @Test func `a process that died with its change under way is known by what it sent`() throws {
        try withStores { stores throws in
            try Self.connected(stores)
            let id = try stores.api { try $0.addContact("Bo", emails: ["bo@example.com"]) }.rawValue
            _ = try Self.takeOver(Self.bo, stores)
            try Self.edit(id, stores) { $0.phones = ["+31 6"] }
            _ = try Self.takeOver(Self.bo, stores)
            try Self.edit(id, stores) { $0.phones = [] }
            try stores.raw("update pipedrive.link set push_until = clock_timestamp() - interval '1 second'")
            let taken = try Self.takeOver(Self.later("+31 6"), stores)
            #expect(taken.writes.first?.write.values == FieldValues([.phones: ""]))
        }
    }

    @Test func `what somebody wrote there meanwhile is an edit, whatever we sent`() throws {
        try withStores { stores throws in
            let id = try Self.renumbered(stores, .failed(isUnclear: true))
            try Self.edit(id, stores) { $0.phones = ["+31 9"] }
            #expect(try Self.takeOver(Self.later("+31 7"), stores).writes.isEmpty)
            #expect(try stores.linked(.person, 9)?.details.phones == ["+31 7"])
            #expect(try stores.text("select lost as value from pipedrive.conflict") == "+31 9")
        }
    }

    @Test(arguments: [RemoteOutcome.failed(isUnclear: false), .done(later("+31 6"))])
    func `what is known not to be under way is not remembered`(outcome: RemoteOutcome) throws {
        try withStores { stores throws in
            _ = try Self.renumbered(stores, outcome)
            #expect(try stores.number("select count(sent_values) as value from pipedrive.link") == 0)
        }
    }

    @Test func `what was deleted meanwhile does not come back`() throws {
        try withStores { stores throws in
            let id = try Self.sent(stores)
            _ = try stores.api { try $0.contacts.delete(Contact.ID(id)) }
            for _ in 1...2 {
                #expect(try Self.takeOver(Self.bo, stores).counts.created == 0)
                #expect(try stores.contactCount() == 0)
            }
            #expect(try stores.text("select state as value from pipedrive.link where record_id = 9") == "ended")
        }
    }

    @Test func `while an answer is out whoever else is new waits, but not when what was sent is deleted`() throws {
        try withStores { stores throws in
            try Self.connected(stores)
            let id = try stores.api { try $0.addContact("Bo", emails: ["bo@example.com"]) }.rawValue
            _ = try #require(try stores.cron { try $0.pairs.reserve(.person, locals: [id]) }.first)
            let ada = RecordPage.persons([
                Person(id: Person.ID(8), name: "Ada", emails: ["ada@example.com"], addedAt: Date(), updatedAt: Date())
            ])
            #expect(try Self.takeOver(ada, stores).counts.created == 0)
            _ = try stores.api { try $0.contacts.delete(Contact.ID(id)) }
            #expect(try Self.takeOver(ada, stores).counts.created == 1)
            #expect(try stores.linked(.person, 8) != nil)
        }
    }

    @Test func `what was changed while its record was gone goes out when that is back`() throws {
        try withStores { stores throws in
            try Self.connected(stores)
            let page = RecordPage.persons([.number(1, "Ada", emails: ["ada@example.com"])])
            _ = try Self.takeOver(page, stores)
            let id = try #require(try stores.linked(.person, 1)).id.rawValue
            _ = try stores.cron {
                try $0.pairs.takeOver(
                    FreshRecords(page: .persons([]), missing: [1], readAt: try $0.syncPolicy.clock()))
            }
            try Self.edit(id, stores) { $0.phones = ["+31 1"] }
            #expect(try Self.takeOver(page, stores).writes.first?.write.values == FieldValues([.phones: "+31 1"]))
        }
    }

    @Test func `a merge told of late goes to whoever is left`() throws {
        try withStores { stores throws in
            try Self.connected(stores)
            _ = try Self.takeOver(
                .persons([
                    .number(1, "A", emails: ["a@example.com"]), .number(2, "B", emails: ["b@example.com"]),
                    .number(3, "C", emails: ["c@example.com"]),
                ]), stores)
            let (first, second, third) = (
                try stores.linked(.person, 1)?.id, try stores.linked(.person, 2)?.id, try stores.linked(.person, 3)?.id
            )
            try stores.cron { try $0.touched.merge(.person, from: 2, into: 3) }
            try stores.cron { try $0.touched.merge(.person, from: 1, into: 2) }
            #expect(try stores.linked(.person, 3)?.id == third)
            #expect(
                try stores.number("select merged_into as value from pipedrive.link where record_id in (1) limit 1") == 3
            )
            #expect(Set([first, second, third]).count == 3)
            #expect(try stores.number("select count(*) as value from pipedrive.link where state = 'live'") == 1)
        }
    }

    @Test func `a survivor that is gone by now keeps its contact`() throws {
        try withStores { stores throws in
            try Self.connected(stores)
            _ = try Self.takeOver(
                .persons([.number(1, "A", emails: ["a@example.com"]), .number(2, "B", emails: ["b@example.com"])]),
                stores
            )
            let second = try #require(try stores.linked(.person, 2)).id
            _ = try stores.cron {
                try $0.pairs.takeOver(
                    FreshRecords(page: .persons([]), missing: [2], readAt: try $0.syncPolicy.clock()))
            }
            try stores.cron { try $0.touched.merge(.person, from: 1, into: 2) }
            _ = try Self.takeOver(.persons([.number(2, "B", emails: ["b@example.com"])]), stores)
            #expect(try stores.linked(.person, 2)?.id == second)
        }
    }

    @Test func `an address that moved from one person to another is free within the same run`() throws {
        try withStores { stores throws in
            try Self.connected(stores)
            try stores.sync(.persons([.number(1, "A", emails: ["moved@example.com"])]))
            try stores.sync(
                .persons([.number(1, "A", emails: []), .number(2, "B", emails: ["moved@example.com"])]))
            #expect(try stores.linked(.person, 2)?.details.emails == ["moved@example.com"])
            let before = try stores.versions(of: "books.contact")
            try stores.sync(
                .persons([.number(1, "A", emails: []), .number(2, "B", emails: ["moved@example.com"])]))
            #expect(try stores.versions(of: "books.contact") == before)
        }
    }
}
