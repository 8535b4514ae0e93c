import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

/// What goes out, how it is kept, and that it comes back as nothing new.
@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct TwoWayTests {
    private static func connected(_ stores: Stores, _ direction: SyncDirection) throws {
        try stores.connect()
        try stores.web { transaction throws in
            var settings = IntegrationSettings.initial
            for kind in RecordKind.allCases { settings.directions[kind] = direction }
            try transaction.settings.save(settings)
        }
        // An empty list, so that what fits is known.
        try stores.sync(.organizations([]), .persons([]), .products([]))
    }

    private static func standing(_ local: UUID, _ stores: Stores) throws -> LocalStanding? {
        try stores.cron { try $0.pairs.standing(local) }
    }

    private static func edit(_ id: Contact.ID, _ stores: Stores, _ change: (inout ContactDetails) -> Void) throws {
        try stores.api { transaction throws in
            var details = try #require(try transaction.contacts.contact(id)).details
            change(&details)
            _ = try transaction.contacts.update(id, details)
        }
    }

    private static func takeOver(_ page: RecordPage, _ stores: Stores) throws -> TakenOver {
        try stores.cron {
            try $0.pairs.takeOver(FreshRecords(page: page, readAt: try $0.syncPolicy.clock()))
        }
    }

    /// A person of ours, linked to number 1 of Pipedrive, with everything in step.
    private static func pair(_ stores: Stores, _ direction: SyncDirection = .both) throws -> Contact.ID {
        try connected(stores, direction)
        _ = try takeOver(.persons([.number(1, "Ada", emails: ["ada@example.com"])]), stores)
        if try stores.linked(.person, 1) == nil {
            let id = try stores.api { try $0.addContact("Ada", emails: ["ada@example.com"]) }
            _ = try takeOver(.persons([.number(1, "Ada", emails: ["ada@example.com"])]), stores)
            return id
        }
        return try #require(try stores.linked(.person, 1)).id
    }

    @Test(arguments: [(SyncDirection.push, true), (.both, true), (.onlyNew, true), (.pull, false)])
    func `a new contact asks to be made in Pipedrive where the direction says so`(
        direction: SyncDirection, goesOut: Bool
    ) throws {
        try withStores { stores throws in
            try Self.connected(stores, direction)
            let id = try stores.api { try $0.addContact("Bo", emails: ["bo@example.com"]) }
            let messages = try stores.messages().filter { $0.kind == .push }
            #expect(messages.map(\.subject) == (goesOut ? [id.text] : []))
            if goesOut {
                #expect(try Self.standing(id.rawValue, stores) == .fresh(.person, organization: nil))
            } else {
                guard case .stays = try Self.standing(id.rawValue, stores) else {
                    Issue.record("It would go out")
                    return
                }
            }
        }
    }

    @Test func `what the direction held back goes out under the next one, and costs no write until then`() throws {
        try withStores { stores throws in
            let id = try Self.pair(stores, .pull)
            let page = RecordPage.persons([.number(1, "Ada", emails: ["ada@example.com"])])
            try Self.edit(id, stores) { $0.phones = ["+31 1"] }
            #expect(try Self.takeOver(page, stores).writes.isEmpty)
            let before = try stores.versions(of: "books.contact", "pipedrive.link", "pipedrive.local_edit")
            #expect(try Self.takeOver(page, stores).writes.isEmpty)
            #expect(try stores.versions(of: "books.contact", "pipedrive.link", "pipedrive.local_edit") == before)
            try stores.web { transaction throws in
                var settings = try transaction.settings.settings()
                settings.directions[.person] = .both
                try transaction.settings.save(settings)
            }
            #expect(try Self.takeOver(page, stores).writes.map(\.write.values) == [FieldValues([.phones: "+31 1"])])
        }
    }

    @Test func `only new: what was there before the choice stays`() throws {
        try withStores { stores throws in
            let old = try stores.api { try $0.addContact("Old") }
            try stores.raw("update books.contact set created_at = created_at - interval '1 hour'")
            try Self.connected(stores, .onlyNew)
            guard case .stays = try Self.standing(old.rawValue, stores) else {
                Issue.record("It would go out")
                return
            }
        }
    }

    @Test func `a creation has its link before anything is sent, and one owner at a time`() throws {
        try withStores { stores throws in
            try Self.connected(stores, .both)
            let id = try stores.api { try $0.addContact("Bo", emails: ["bo@example.com"]) }.rawValue
            let won = race(6) { _ in try stores.cron { try $0.pairs.reserve(.person, locals: [id]) } }
            #expect(won.allSatisfy { $0.failure == nil })
            let creations = won.compactMap(\.value).flatMap { $0 }
            #expect(creations.count == 1)
            #expect(try Self.standing(id, stores) == .busy)
            let creation = try #require(creations.first)
            #expect(creation.write.values[.emails] == "bo@example.com")
            try stores.cron { try $0.pairs.settle(creation, .failed(isUnclear: true), run: nil) }
            guard case .unclear = try Self.standing(id, stores) else {
                Issue.record("Nobody knows that it may be there")
                return
            }
            // What was made all the same finds its link, instead of becoming a second contact.
            let taken = try Self.takeOver(
                .persons([
                    Person(id: Person.ID(9), name: "Bo", emails: ["bo@example.com"], addedAt: Date(), updatedAt: Date())
                ]), stores)
            #expect(taken.counts.created == 0 && taken.writes.isEmpty)
            #expect(try stores.linked(.person, 9)?.id.rawValue == id)
            #expect(try stores.contactCount() == 1)
        }
    }

    @Test func `what was made there comes back as nothing new`() throws {
        try withStores { stores throws in
            try Self.connected(stores, .both)
            let id = try stores.api { try $0.addContact("Bo", emails: ["bo@example.com"]) }.rawValue
            let creation = try #require(try stores.cron { try $0.pairs.reserve(.person, locals: [id]) }.first)
            let page = RecordPage.persons([.number(9, "Bo", emails: ["bo@example.com"])])
            try stores.cron { try $0.pairs.settle(creation, .done(page), run: nil) }
            let before = try stores.versions(of: "books.contact")
            let taken = try Self.takeOver(page, stores)
            #expect(taken.writes.isEmpty && taken.busy.isEmpty)
            #expect(taken.counts == SyncRun.Counts(read: 1))
            #expect(try stores.versions(of: "books.contact") == before)
            #expect(try Self.standing(id, stores) == .stays("Pipedrive has everything"))
        }
    }

    @Test func `an edit goes out once, and its echo is nothing`() throws {
        try withStores { stores throws in
            let id = try Self.pair(stores)
            try Self.edit(id, stores) { $0.name = "Ada King" }
            #expect(try Self.standing(id.rawValue, stores) == .linked(.person, 1))
            let now = RecordPage.persons([.number(1, "Ada", emails: ["ada@example.com"])])
            let taken = try Self.takeOver(now, stores)
            let change = try #require(taken.writes.first)
            #expect(change.write.values == FieldValues([.name: "Ada King"]))
            // While it is being written, nobody else decides about it.
            #expect(try Self.takeOver(now, stores).busy == [1])
            let after = RecordPage.persons([.number(1, "Ada King", emails: ["ada@example.com"])])
            try stores.cron { try $0.pairs.settle(change, .done(after), run: nil) }
            let echo = try Self.takeOver(after, stores)
            #expect(echo.writes.isEmpty && echo.busy.isEmpty && echo.counts == SyncRun.Counts(read: 1))
            #expect(try stores.number("select count(*) as value from pipedrive.local_edit") == 0)
        }
    }

    @Test func `each side's change to another field reaches the other`() throws {
        try withStores { stores throws in
            let id = try Self.pair(stores)
            try Self.edit(id, stores) { $0.phones = ["+31 1"] }
            let taken = try Self.takeOver(.persons([.number(1, "Ada King", emails: ["ada@example.com"])]), stores)
            #expect(taken.writes.first?.write.values == FieldValues([.phones: "+31 1"]))
            #expect(try stores.linked(.person, 1)?.details.name == "Ada King")
            #expect(try stores.linked(.person, 1)?.details.phones == ["+31 1"])
        }
    }

    @Test func `both changed one field: one wins, and the loser is kept`() throws {
        try withStores { stores throws in
            let id = try Self.pair(stores)
            try Self.edit(id, stores) { $0.name = "Ours" }
            let theirs = Person(
                id: Person.ID(1), name: "Theirs", emails: ["ada@example.com"], updatedAt: Date(timeIntervalSinceNow: 60)
            )
            let taken = try Self.takeOver(.persons([theirs]), stores)
            #expect(taken.writes.isEmpty)
            #expect(try stores.linked(.person, 1)?.details.name == "Theirs")
            #expect(try stores.text("select lost as value from pipedrive.conflict") == "Ours")
        }
    }

    @Test func `one way, the source wins`() throws {
        try withStores { stores throws in
            let id = try Self.pair(stores, .push)
            let taken = try Self.takeOver(.persons([.number(1, "Theirs", emails: ["ada@example.com"])]), stores)
            #expect(taken.writes.first?.write.values == FieldValues([.name: "Ada"]))
            #expect(try stores.web { try $0.contacts.contact(id) }?.details.name == "Ada")
        }
    }

    @Test func `what Pipedrive refuses waits for a person, and an edit tries again`() throws {
        try withStores { stores throws in
            let id = try Self.pair(stores)
            try Self.edit(id, stores) { $0.name = "Too long" }
            let page = RecordPage.persons([.number(1, "Ada", emails: ["ada@example.com"])])
            let change = try #require(try Self.takeOver(page, stores).writes.first)
            try stores.cron { try $0.pairs.settle(change, .refused("Name is too long"), run: nil) }
            #expect(try stores.text("select answer as value from pipedrive.local_attention") == "Name is too long")
            guard case .stays = try Self.standing(id.rawValue, stores) else {
                Issue.record("It goes out again by itself")
                return
            }
            try Self.edit(id, stores) { $0.name = "Short" }
            #expect(try Self.standing(id.rawValue, stores) == .linked(.person, 1))
        }
    }

    @Test func `what may be there already is not made: the record there decides`() throws {
        try withStores { stores throws in
            try Self.connected(stores, .push)
            _ = try Self.takeOver(.persons([.number(4, "Bo", emails: ["bo@example.com"])]), stores)
            #expect(try stores.contactCount() == 0)
            let id = try stores.api { try $0.addContact("Bo", emails: ["bo@example.com"]) }.rawValue
            #expect(try Self.standing(id, stores) == .fits(.person, [4]))
            _ = try Self.takeOver(.persons([.number(4, "Bo", emails: ["bo@example.com"])]), stores)
            #expect(try stores.linked(.person, 4)?.id.rawValue == id)
        }
    }

    @Test func `contacts that share an address are not made: a person decides`() throws {
        try withStores { stores throws in
            try Self.connected(stores, .both)
            let ids = try stores.api { transaction throws in
                try ["A", "B"].map { try transaction.addContact($0, emails: ["info@example.com"]).rawValue }
            }
            for id in ids {
                guard case .stays = try Self.standing(id, stores) else {
                    Issue.record("It would go out")
                    return
                }
            }
            #expect(try stores.number("select count(*) as value from pipedrive.local_attention") == 2)
        }
    }

    @Test func `of two that became one in Pipedrive the link moves, or a person looks`() throws {
        try withStores { stores throws in
            let id = try Self.pair(stores)
            try stores.cron { try $0.touched.merge(.person, from: 1, into: 2) }
            #expect(try stores.linked(.person, 2)?.id == id && stores.linked(.person, 1) == nil)
            _ = try Self.takeOver(.persons([.number(3, "Cy", emails: ["cy@example.com"])]), stores)
            try stores.cron { try $0.touched.merge(.person, from: 3, into: 2) }
            #expect(try stores.linked(.person, 2)?.id == id && stores.linked(.person, 3) == nil)
            #expect(try stores.number("select count(*) as value from pipedrive.attention where is_merge") == 1)
        }
    }

    @Test func `a record that is missing is gone, and is not made again`() throws {
        try withStores { stores throws in
            let id = try Self.pair(stores)
            _ = try stores.cron {
                try $0.pairs.takeOver(
                    FreshRecords(page: .persons([]), missing: [1], readAt: try $0.syncPolicy.clock()))
            }
            #expect(try stores.text("select state as value from pipedrive.link") == "gone")
            guard case .stays = try Self.standing(id.rawValue, stores) else {
                Issue.record("It would be made again")
                return
            }
            _ = try Self.takeOver(.persons([.number(1, "Ada", emails: ["ada@example.com"])]), stores)
            #expect(try stores.linked(.person, 1)?.id == id)
        }
    }

    @Test func `prices go out whole, and their echo is nothing`() throws {
        try withStores { stores throws in
            try Self.connected(stores, .both)
            let euros = Money(minorUnits: 1050, currency: .eur)
            let page = RecordPage.products([.number(7, "Widget", code: "W", prices: [euros])])
            _ = try Self.takeOver(page, stores)
            let product = try #require(try stores.cron { try $0.catalog.linked(to: [CatalogItem.ID(7)]) }.values.first)
            try stores.api { transaction throws in
                var details = product.details
                details.prices = [
                    Money(minorUnits: 1100, currency: .eur),
                    Money(minorUnits: 1200, currency: try #require(Currency("USD"))),
                ]
                _ = try transaction.catalog.update(product.id, details)
            }
            let change = try #require(try Self.takeOver(page, stores).writes.first)
            #expect(change.write.values == FieldValues([.prices: "EUR 1100\nUSD 1200"]))
        }
    }
}
