import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct PersonTakeoverTests {
    private typealias Counts = SyncRun.Counts

    @Test func `a person that nothing fits becomes a contact`() throws {
        try withStores { stores throws in
            try stores.connect()
            let person = Person.number(1, "Ada", emails: ["ada@example.com"], phones: ["+31"])
            #expect(try stores.sync(.persons([person]))[.person] == Counts(read: 1, created: 1))
            let contact = try #require(try stores.linked(.person, 1))
            #expect(
                contact.details
                    == ContactDetails(kind: .person, name: "Ada", emails: ["ada@example.com"], phones: ["+31"]))
        }
    }

    @Test func `a person without a name gets one that says what it is`() throws {
        try withStores { stores throws in
            try stores.connect()
            try stores.sync(.persons([.number(31, "  \n")]))
            #expect(try stores.linked(.person, 31)?.details.name == "person 31")
        }
    }

    @Test(arguments: ["Ada@Example.com", "  ada@example.COM\n", "ADA@EXAMPLE.COM"])
    func `any address in common, however it is written, is a match`(address: String) throws {
        try withStores { stores throws in
            try stores.connect()
            let id = try stores.web { try $0.addContact("Ada", emails: ["x@y.example", "ada@example.com"]) }
            let counts = try stores.sync(.persons([.number(1, "A. Lovelace", emails: ["other@z.example", address])]))
            #expect(counts[.person] == Counts(read: 1, linked: 1))
            #expect(try stores.linked(.person, 1)?.id == id)
            #expect(try stores.contactCount() == 1)
        }
    }

    @Test func `what is no address, an archived contact and an organization do not match`() throws {
        try withStores { stores throws in
            try stores.connect()
            try stores.web { transaction throws in
                _ = try transaction.addContact("Junk", emails: ["none"])
                _ = try transaction.addContact("Acme", kind: .organization, emails: ["ada@example.com"])
                let old = try transaction.addContact("Old", emails: ["ada@example.com"])
                _ = try transaction.addQuote(for: old)
                _ = try transaction.contacts.delete(old)
            }
            let counts = try stores.sync(.persons([.number(1, emails: ["none", "ada@example.com"])]))
            #expect(counts[.person] == Counts(read: 1, created: 1))
        }
    }

    @Test func `an address that two persons share is never guessed`() throws {
        try withStores { stores throws in
            try stores.connect()
            _ = try stores.web { try $0.addContact("Front desk", emails: ["info@acme.example"]) }
            let counts = try stores.sync(
                .persons([
                    .number(1, "Ada", emails: ["info@acme.example", "ada@acme.example"]),
                    .number(2, "Bob", emails: ["INFO@acme.example"]), .number(3, "Eve", emails: ["eve@acme.example"]),
                ]))
            #expect(counts[.person] == Counts(read: 3, created: 1, needsAttention: 2))
            #expect(try stores.attention() == ["person 1 Ada", "person 2 Bob"])
            #expect(try stores.contactCount() == 2)
        }
    }

    @Test func `a shared address creates nothing either when no contact has it`() throws {
        try withStores { stores throws in
            try stores.connect()
            let page = RecordPage.persons([
                .number(1, emails: ["info@a.example"]), .number(2, emails: ["info@a.example"]),
            ])
            #expect(try stores.sync(page)[.person] == Counts(read: 2, needsAttention: 2))
            #expect(try stores.contactCount() == 0)
        }
    }

    @Test func `a person who fits two contacts waits for a person to decide`() throws {
        try withStores { stores throws in
            try stores.connect()
            try stores.web { transaction throws in
                _ = try transaction.addContact("One", emails: ["one@example.com"])
                _ = try transaction.addContact("Two", emails: ["two@example.com"])
            }
            let counts = try stores.sync(.persons([.number(1, emails: ["one@example.com", "two@example.com"])]))
            #expect(counts[.person] == Counts(read: 1, needsAttention: 1))
            #expect(try stores.contactCount() == 2)
            #expect(try stores.linked(.person, 1) == nil)
        }
    }

    @Test func `a contact that is linked to one person is not given to another`() throws {
        try withStores { stores throws in
            try stores.connect()
            try stores.sync(.persons([.number(1, "Ada", emails: ["ada@example.com"])]))
            let counts = try stores.sync(.persons([.number(2, "Ada too", emails: ["ada@example.com"])]))
            #expect(counts[.person] == Counts(read: 1, needsAttention: 1))
            #expect(try stores.attention() == ["person 2 Ada too"])
            #expect(try stores.contactCount() == 1)
        }
    }

    @Test func `two persons who fit one contact by different addresses are both left to a person`() throws {
        try withStores { stores throws in
            try stores.connect()
            _ = try stores.web { try $0.addContact("Ada", emails: ["work@example.com", "home@example.com"]) }
            let counts = try stores.sync(
                .persons([.number(1, "A", emails: ["work@example.com"]), .number(2, "B", emails: ["home@example.com"])])
            )
            #expect(counts[.person] == Counts(read: 2, needsAttention: 2))
            #expect(try stores.contactCount() == 1)
        }
    }

    @Test func `what waits for a person keeps the day it was noticed, and goes when it is settled`() throws {
        try withStores { stores throws in
            try stores.connect()
            let page = RecordPage.persons([.number(1, emails: ["a@b.example"]), .number(2, emails: ["a@b.example"])])
            try stores.sync(page)
            let before = try stores.versions(of: "pipedrive.attention")
            #expect(try stores.sync(page)[.person] == Counts(read: 2, needsAttention: 2))
            #expect(try stores.versions(of: "pipedrive.attention") == before)
            let counts = try stores.sync(
                .persons([.number(1, emails: ["a@b.example"]), .number(2, emails: ["other@b.example"])]))
            #expect(counts[.person] == Counts(read: 2, created: 2))
            #expect(try stores.attention() == [])
        }
    }

    @Test func `a second identical run writes nothing`() throws {
        try withStores { stores throws in
            try stores.connect()
            _ = try stores.web { try $0.addContact("Ada", emails: ["ada@example.com"]) }
            let pages: [RecordPage] = [
                .organizations([.number(5, address: PostalAddress(city: "Delft"))]),
                .persons([
                    .number(1, emails: ["ADA@example.com"]), .number(2, "Bob", organization: 5, phones: ["1"]),
                    .number(3, isDeleted: true),
                ]),
                .products([.number(8, code: "W", prices: [Money(minorUnits: 5, currency: .eur)])]),
            ]
            let tables = [
                "books.contact", "books.contact_email", "books.product", "books.product_price", "pipedrive.link",
            ]
            try stores.sync(pages[0], pages[1], pages[2])
            let before = try tables.map { try stores.versions(of: $0) }
            let counts = try stores.sync(pages[0], pages[1], pages[2])
            #expect(counts == [.organization: Counts(read: 1), .person: Counts(read: 3), .product: Counts(read: 1)])
            #expect(try tables.map { try stores.versions(of: $0) } == before)
            #expect(before.allSatisfy { !$0.isEmpty })
        }
    }

    @Test func `what changed in Pipedrive flows, and so does what was cleared there since`() throws {
        try withStores { stores throws in
            try stores.connect()
            try stores.sync(.persons([.number(1, "Ada", emails: ["ada@example.com"], phones: ["+31"])]))
            let counts = try stores.sync(.persons([.number(1, "Ada King")]))
            #expect(counts[.person] == Counts(read: 1, updated: 1))
            let details = try #require(try stores.linked(.person, 1)).details
            #expect(details.name == "Ada King")
            #expect(details.emails == [] && details.phones == [])
            try stores.sync(.persons([.number(1, "Ada King", emails: ["king@example.com"])]))
            #expect(try stores.linked(.person, 1)?.details.emails == ["king@example.com"])
        }
    }

    @Test func `what was always empty in Pipedrive never overwrites what is filled here`() throws {
        try withStores { stores throws in
            try stores.connect()
            _ = try stores.web { transaction throws in
                try transaction.contacts.insert(
                    ContactDetails(kind: .person, name: "Ada", emails: ["ada@example.com"], phones: ["+31"]))
            }
            let counts = try stores.sync(.persons([.number(1, "Ada King", emails: ["ada@example.com"])]))
            #expect(counts[.person] == Counts(read: 1, linked: 1))
            try stores.sync(.persons([.number(1, "Ada Queen", emails: ["ada@example.com"])]))
            let details = try #require(try stores.linked(.person, 1)).details
            #expect(details.name == "Ada Queen" && details.phones == ["+31"])
        }
    }

    @Test func `a contact deleted in Pipedrive stays, its link is gone, and both come back together`() throws {
        try withStores { stores throws in
            try stores.connect()
            try stores.sync(.persons([.number(1, "Ada", emails: ["ada@example.com"])]))
            let id = try #require(try stores.linked(.person, 1)).id
            try stores.sync(.persons([.number(1, "Ada", isDeleted: true)]))
            #expect(try stores.linked(.person, 1) == nil)
            #expect(try stores.text("select state as value from pipedrive.link") == "gone")
            #expect(try stores.web { try $0.contacts.contact(id) }?.details.name == "Ada")
            try stores.sync(.persons([.number(1, "Ada back", emails: ["ada@example.com"])]))
            #expect(try stores.linked(.person, 1)?.id == id)
            #expect(try stores.linked(.person, 1)?.details.name == "Ada back")
            #expect(try stores.contactCount() == 1)
        }
    }

    @Test func `a person who comes back to a contact that is linked to another meanwhile stays gone`() throws {
        try withStores { stores throws in
            try stores.connect()
            try stores.sync(.persons([.number(1, "Ada", emails: ["ada@example.com"])]))
            try stores.sync(.persons([.number(1, isDeleted: true), .number(2, "Ada", emails: ["ada@example.com"])]))
            let id = try #require(try stores.linked(.person, 2)).id
            let counts = try stores.sync(.persons([.number(1, "Ada", emails: ["ada@example.com"])]))
            #expect(counts[.person] == Counts(read: 1, needsAttention: 1))
            #expect(try stores.linked(.person, 1) == nil && stores.linked(.person, 2)?.id == id)
            // Both gone, and both back in one page: one of them gets the contact.
            try stores.sync(.persons([.number(2, isDeleted: true)]))
            try stores.sync(.persons([.number(1, emails: ["1@x.example"]), .number(2, emails: ["2@x.example"])]))
            let live = try stores.number("select count(*) as value from pipedrive.link where state = 'live'")
            #expect(live == 1)
            #expect(try stores.contactCount() == 1)
        }
    }

    /// Person 1 is back, and what was its contact is person 2's by now.
    private static func taken(_ stores: Stores) throws -> Contact.ID {
        try stores.connect()
        try stores.sync(.persons([.number(1, "Ada", emails: ["ada@example.com"])]))
        try stores.sync(.persons([.number(1, isDeleted: true), .number(2, "Ada", emails: ["ada@example.com"])]))
        let counts = try stores.sync(.persons([.number(1, "Ada", emails: ["ada@example.com"])]))
        #expect(counts[.person]?.needsAttention == 1)
        return try #require(try stores.linked(.person, 2)).id
    }

    @Test func `a person whose contact is another's by now gets a new one when somebody says so`() throws {
        try withStores { stores throws in
            let id = try Self.taken(stores)
            #expect(try stores.web { try $0.attention.list(passing: [:], limit: 9) }.matches.map(\.canCreate) == [true])
            #expect(try stores.web { try $0.attention.answer(.create, .person, 1) } == .done)
            let counts = try stores.sync(.persons([.number(1, "Ada", emails: ["ada@example.com"])]))
            #expect(counts[.person]?.created == 1)
            let new = try #require(try stores.linked(.person, 1)).id
            #expect(try new != id && stores.linked(.person, 2)?.id == id)
            #expect(try stores.contactCount() == 2 && stores.attention().isEmpty)
            #expect(try stores.web { try $0.attention.list(passing: [:], limit: 9) } == AttentionList())
        }
    }

    @Test(arguments: [Int64(2), 3])
    func `a person whose contact is another's by now brings nothing into a merge`(survivor: Int64) throws {
        try withStores { stores throws in
            let id = try Self.taken(stores)
            try stores.cron { try $0.touched.merge(.person, from: 1, into: survivor) }
            #expect(try stores.linked(.person, 2)?.id == id && stores.linked(.person, 3) == nil)
            #expect(try stores.text("select state as value from pipedrive.link where record_id = 1") == "merged")
            #expect(try stores.web { try $0.attention.list(passing: [:], limit: 9) }.matches.allSatisfy { !$0.isMerge })
        }
    }

    @Test func `who survives a merge takes over the contact, if its own is another's by now`() throws {
        try withStores { stores throws in
            let id = try Self.taken(stores)
            try stores.sync(.persons([.number(8, "Dora", emails: ["dora@example.com"])]))
            let dora = try #require(try stores.linked(.person, 8)).id
            try stores.cron { try $0.touched.merge(.person, from: 8, into: 1) }
            #expect(try stores.linked(.person, 1)?.id == dora && stores.linked(.person, 2)?.id == id)
        }
    }

    @Test func `a person who comes back to a contact that was another's meanwhile says the same as it again`() throws {
        try withStores { stores throws in
            try stores.connect()
            let ada = Person.number(1, "Ada", emails: ["ada@example.com"])
            try stores.sync(.persons([ada]))
            try stores.sync(.persons([.number(1, isDeleted: true)]))
            try stores.sync(.persons([.number(2, "Ada King", emails: ["ada@example.com"])]))
            #expect(try stores.linked(.person, 2)?.details.name == "Ada King")
            try stores.sync(.persons([.number(2, isDeleted: true)]))
            // As it was when it went: compared with what it said then, nothing has changed.
            try stores.sync(.persons([ada]))
            #expect(try stores.linked(.person, 1)?.details.name == "Ada")
            #expect(try stores.contactCount() == 1)
        }
    }

    @Test func `a person joins its organization's contact`() throws {
        try withStores { stores throws in
            try stores.connect()
            try stores.sync(.organizations([.number(5), .number(6, "Beta")]), .persons([.number(1, organization: 5)]))
            let acme = try #require(try stores.linked(.organization, 5)).id
            #expect(try stores.linked(.person, 1)?.details.organizationID == acme)
            try stores.sync(.persons([.number(1, organization: 6)]))
            let beta = try #require(try stores.linked(.organization, 6)).id
            #expect(try stores.linked(.person, 1)?.details.organizationID == beta)
            try stores.sync(.persons([.number(1)]))
            #expect(try stores.linked(.person, 1)?.details.organizationID == nil)
        }
    }

    @Test func `a person who came before its organization joins it with the next run`() throws {
        try withStores { stores throws in
            try stores.connect()
            #expect(
                try stores.cron { try $0.takeOver(.persons([.number(1, organization: 5)])) }
                    == Counts(read: 1, created: 1))
            #expect(try stores.linked(.person, 1)?.details.organizationID == nil)
            try stores.sync(.organizations([.number(5)]), .persons([.number(1, organization: 5)]))
            let acme = try #require(try stores.linked(.organization, 5)).id
            #expect(try stores.linked(.person, 1)?.details.organizationID == acme)
        }
    }
}

extension Stores {
    func linked(_ kind: RecordKind, _ record: Int64) throws -> Contact? {
        try cron { transaction throws in
            try transaction.sync.contact(kind, recordID: record).flatMap { try transaction.contacts.contact($0) }
        }
    }

    func contactCount() throws -> Int { try number("select count(*) as value from books.contact") }

    func attention() throws -> [String] {
        try raw("select kind || ' ' || record_id || ' ' || name as line from pipedrive.attention order by 1")
            .map { try $0.string("line") }
    }
}
