import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct ContactTests {
    private static let full = ContactDetails(
        kind: .person, name: "Ada  \"Countess\" Lovelace", emails: ["Ada@Example.com", "second,one@example.com"],
        phones: ["+31 20 123", "{braces}"],
        address: PostalAddress(street: "Main 1", postalCode: "1000 AA", city: "Delft", country: "NL"),
        vatNumber: "NL1", kvkNumber: "123", language: "en", externalID: "crm-1")

    @Test func `a contact comes back as it was stored, and as it was changed`() throws {
        try withStores { stores throws in
            try stores.web { transaction throws in
                let stored = try transaction.contacts.insert(Self.full)
                #expect(stored.details == Self.full)
                #expect(!stored.isArchived)
                #expect(try transaction.contacts.contact(stored.id) == stored)
                let changed = ContactDetails(kind: .organization, name: "Acme")
                let updated = try #require(try transaction.contacts.update(stored.id, changed))
                #expect(updated.details == changed)
                #expect(updated.createdAt == stored.createdAt && updated.updatedAt > stored.updatedAt)
                #expect(try transaction.contacts.contact(stored.id) == updated)
            }
        }
    }

    @Test func `there is no contact under a number nobody has, nor another company's`() throws {
        try withStores { stores throws in
            let other = try stores.makeCompany()
            let theirs = try stores.web(other) { try $0.addContact() }
            for id in [theirs, Contact.ID(UUID())] {
                try stores.web { transaction throws in
                    #expect(try transaction.contacts.contact(id) == nil)
                    #expect(try transaction.contacts.update(id, Self.full) == nil)
                    _ = try transaction.contacts.delete(id)
                }
            }
            #expect(try stores.web(other) { try $0.contacts.contact(theirs) }?.details.name == "Ada")
        }
    }

    @Test func `the list goes by name and in pages, and leaves archived ones out`() throws {
        try withStores { stores throws in
            try stores.web { transaction throws in
                for name in ["charlie", "  Bob", "Ada", "Zoe"] { _ = try transaction.addContact(name) }
                let gone = try transaction.addContact("Aaron")
                _ = try transaction.addQuote(for: gone)
                #expect(try !transaction.contacts.delete(gone))
                let all = try transaction.contacts.list(search: nil, page: PageRequest())
                #expect(all.items.map(\.details.name) == ["Ada", "  Bob", "charlie", "Zoe"])
                #expect(all.total == 4)
                let page = try transaction.contacts.list(search: nil, page: PageRequest(limit: 2, offset: 1))
                #expect(page.items.map(\.details.name) == ["  Bob", "charlie"])
                #expect(page.total == 4)
            }
        }
    }

    @Test(arguments: [
        ("ada", ["ADA  Lovelace"]), ("  Ada   LOVE ", ["ADA  Lovelace"]), ("lovelace", []),
        ("GRACE@navy.example ", ["Grace"]), ("grace@navy", []), ("%", []), ("", ["ADA  Lovelace", "Grace"]),
    ])
    func `a search is the beginning of a name or a whole e-mail`(search: String, names: [String]) throws {
        try withStores { stores throws in
            try stores.web { transaction throws in
                _ = try transaction.addContact("ADA  Lovelace")
                _ = try transaction.addContact("Grace", emails: ["x@y.example", " Grace@Navy.example"])
                let found = try transaction.contacts.list(search: search, page: PageRequest())
                #expect(found.items.map(\.details.name) == names)
                #expect(found.total == names.count)
            }
        }
    }

    @Test func `addresses are found by what the contact has now`() throws {
        try withStores { stores throws in
            try stores.web { transaction throws in
                let id = try transaction.addContact(
                    "Ada", emails: ["old@example.com", "no address", "OLD@example.com "])
                var details = try #require(try transaction.contacts.contact(id)).details
                details.emails = ["new@example.com"]
                _ = try transaction.contacts.update(id, details)
                let old = try transaction.contacts.list(search: "old@example.com", page: PageRequest())
                let new = try transaction.contacts.list(search: "new@example.com", page: PageRequest())
                #expect(old.items.isEmpty)
                #expect(new.items.map(\.id) == [id])
            }
            #expect(try stores.number("select count(*) as value from books.contact_email") == 1)
        }
    }

    @Test func `a contact without documents is deleted, and its persons stay without it`() throws {
        try withStores { stores throws in
            let (acme, ada) = try stores.web { transaction throws in
                let acme = try transaction.addContact("Acme", kind: .organization, emails: ["info@acme.example"])
                return (acme, try transaction.addContact("Ada", organization: acme))
            }
            try stores.web { transaction throws in
                #expect(try transaction.contacts.delete(acme))
                #expect(try transaction.contacts.contact(acme) == nil)
                let person = try #require(try transaction.contacts.contact(ada))
                #expect(person.details.organizationID == nil)
            }
            #expect(try stores.number("select count(*) as value from books.contact_email") == 0)
        }
    }

    @Test(arguments: ["quote", "invoice", "subscription"])
    func `a contact with a document is archived and keeps it`(document: String) throws {
        try withStores { stores throws in
            let id = try stores.web { transaction throws in
                let id = try transaction.addContact()
                switch document {
                case "quote": _ = try transaction.addQuote(for: id)
                case "invoice": _ = try transaction.addInvoice(for: id)
                default: _ = try transaction.addSubscription(for: id)
                }
                return id
            }
            #expect(try stores.web { try $0.contacts.delete(id) } == false)
            #expect(try stores.web { try $0.contacts.contact(id) }?.isArchived == true)
            #expect(try stores.number("select count(*) as value from books.\(unsafe: document)") == 1)
        }
    }

    @Test func `a contact whose link is live loses it when it is deleted, for good`() throws {
        try withStores { stores throws in
            try stores.connect()
            try stores.sync(.organizations([.number(5)]), .persons([.number(1, organization: 5)]))
            let acme = try #require(try stores.cron { try $0.sync.contact(.organization, recordID: 5) })
            #expect(try stores.api { try $0.contacts.delete(acme) })
            #expect(try stores.cron { try $0.sync.contact(.organization, recordID: 5) } == nil)
            let again = try stores.sync(
                .organizations([.number(5, "Acme renamed")]), .persons([.number(1, "Ada again", organization: 5)]))
            #expect(again[.organization] == SyncRun.Counts(read: 1))
            #expect(again[.person] == SyncRun.Counts(read: 1, updated: 1))
            #expect(try stores.number("select count(*) as value from books.contact where kind = 'organization'") == 0)
        }
    }
}
