import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct OrganizationTakeoverTests {
    private typealias Counts = SyncRun.Counts

    @Test func `an organization that nothing fits becomes a contact, with its address`() throws {
        try withStores { stores throws in
            try stores.connect()
            let address = PostalAddress(street: "Main 1", postalCode: "1000", city: "Delft", country: "NL")
            let counts = try stores.sync(.organizations([.number(5, "Acme", address: address)]))
            #expect(counts[.organization] == Counts(read: 1, created: 1))
            let details = try #require(try stores.linked(.organization, 5)).details
            #expect(details == ContactDetails(kind: .organization, name: "Acme", address: address))
            try stores.sync(.organizations([.number(5, "Acme", address: PostalAddress(city: "Leiden"))]))
            let moved = try #require(try stores.linked(.organization, 5)).details.address
            #expect(moved == PostalAddress(city: "Leiden"), "an address is one value: it is replaced whole")
        }
    }

    @Test func `a name matches exactly but for case and blanks, where it is unique on both sides`() throws {
        try withStores { stores throws in
            try stores.connect()
            let id = try stores.web { transaction throws in
                _ = try transaction.addContact("Acme", kind: .person)
                return try transaction.addContact(" ACME  Rockets ", kind: .organization)
            }
            let counts = try stores.sync(.organizations([.number(5, "Acme Rockets"), .number(6, "Acme")]))
            #expect(counts[.organization] == Counts(read: 2, created: 1, linked: 1))
            #expect(try stores.linked(.organization, 5)?.id == id)
        }
    }

    @Test func `two organizations of one name fit no contact by themselves`() throws {
        try withStores { stores throws in
            try stores.connect()
            _ = try stores.web { try $0.addContact("Acme", kind: .organization) }
            let counts = try stores.sync(.organizations([.number(5, "Acme"), .number(6, "acme")]))
            #expect(counts[.organization] == Counts(read: 2, needsAttention: 2))
            #expect(try stores.contactCount() == 1)
        }
    }

    @Test func `an organization that two contacts are named like waits for a person`() throws {
        try withStores { stores throws in
            try stores.connect()
            try stores.web { transaction throws in
                for _ in 1...2 { _ = try transaction.addContact("Acme", kind: .organization) }
            }
            let counts = try stores.sync(.organizations([.number(5, "Acme")]))
            #expect(counts[.organization] == Counts(read: 1, needsAttention: 1))
            #expect(try stores.attention() == ["organization 5 Acme"])
        }
    }

    @Test func `an address of a person that is not read with it counts as well`() throws {
        try withStores { stores throws in
            try stores.connect()
            let id = try stores.web {
                try $0.addContact("Tulp", kind: .organization, emails: ["administratie@tulp.example"])
            }
            let page = RecordPage.organizations([.number(5, "Tulp & Zonen"), .number(6, "Other")])
            try stores.cron { transaction throws in
                _ = try transaction.pairs.takeOver(
                    FreshRecords(
                        page: page, readAt: try transaction.syncPolicy.clock(),
                        addresses: [5: ["Administratie@tulp.example"], 7: ["x@y.example"]], isForQuote: true))
            }
            #expect(try stores.linked(.organization, 5)?.id == id)
            #expect(try stores.contactCount() == 2)
        }
    }

    @Test func `an address shared with one of its persons goes before the name`() throws {
        try withStores { stores throws in
            try stores.connect()
            let (byEmail, _) = try stores.web { transaction throws in
                (
                    try transaction.addContact("Rockets Ltd", kind: .organization, emails: ["ada@acme.example"]),
                    try transaction.addContact("Acme", kind: .organization)
                )
            }
            let counts = try stores.sync(
                .organizations([.number(5, "Acme")]),
                .persons([.number(1, organization: 5, emails: ["ada@acme.example"])]))
            #expect(counts[.organization] == Counts(read: 1, linked: 1))
            #expect(try stores.linked(.organization, 5)?.id == byEmail)
            #expect(try stores.linked(.organization, 5)?.details.name == "Acme")
            #expect(counts[.person] == Counts(read: 1, created: 1))
        }
    }

    @Test func `one contact that fits one organization by address and another by name is left to a person`() throws {
        try withStores { stores throws in
            try stores.connect()
            _ = try stores.web { try $0.addContact("Acme", kind: .organization, emails: ["ada@acme.example"]) }
            let counts = try stores.sync(
                .organizations([.number(5, "Rockets"), .number(6, "Acme")]),
                .persons([.number(1, organization: 5, emails: ["ada@acme.example"])]))
            #expect(counts[.organization] == Counts(read: 2, needsAttention: 2))
            #expect(try stores.number("select count(*) as value from books.contact where kind = 'organization'") == 1)
        }
    }

    @Test func `an organization deleted in Pipedrive keeps its contact and its persons`() throws {
        try withStores { stores throws in
            try stores.connect()
            try stores.sync(.organizations([.number(5)]), .persons([.number(1, organization: 5)]))
            let acme = try #require(try stores.linked(.organization, 5)).id
            try stores.sync(.organizations([.number(5, isDeleted: true)]))
            #expect(try stores.linked(.organization, 5) == nil)
            #expect(try stores.linked(.person, 1)?.details.organizationID == acme)
            try stores.sync(.organizations([.number(5, "Acme again")]))
            #expect(try stores.linked(.organization, 5)?.id == acme)
        }
    }

    @Test func `links of another Pipedrive company rest, and live again when it returns`() throws {
        try withStores { stores throws in
            try stores.connect(.number(1, company: 77))
            try stores.sync(.organizations([.number(5, "Acme")]))
            let acme = try #require(try stores.linked(.organization, 5)).id
            _ = try stores.web { try $0.connections.disconnect() }
            try stores.connect(.number(2, company: 88))
            #expect(try stores.linked(.organization, 5) == nil)
            #expect(try stores.sync(.organizations([.number(5, "Beta")]))[.organization] == Counts(read: 1, created: 1))
            _ = try stores.web { try $0.connections.disconnect() }
            try stores.connect(.number(1, company: 77))
            #expect(try stores.linked(.organization, 5)?.id == acme)
            #expect(try stores.sync(.organizations([.number(5, "Acme")]))[.organization] == Counts(read: 1))
        }
    }
    @Test func `pairs that another Pipedrive company changed ours of meanwhile meet anew when theirs returns`() throws {
        try withStores { stores throws in
            let delft = Organization.number(5, "Acme", address: PostalAddress(city: "Delft"))
            let alone = Organization.number(6, "Alone")
            try stores.connect(.number(1, company: 77))
            try stores.sync(.organizations([delft, alone]))
            let acme = try #require(try stores.linked(.organization, 5)).id
            _ = try stores.web { try $0.connections.disconnect() }
            try stores.connect(.number(2, company: 88))
            let leiden = Organization.number(5, "Acme", address: PostalAddress(city: "Leiden"))
            try stores.sync(.organizations([leiden, .number(6, "Other")]))
            #expect(try stores.linked(.organization, 5)?.id == acme)
            #expect(try stores.linked(.organization, 5)?.details.address.city == "Leiden")
            _ = try stores.web { try $0.connections.disconnect() }
            try stores.connect(.number(1, company: 77))
            try stores.web { try $0.sync.forgetOutdatedPairs() }
            #expect(
                try stores.number("select count(*) as value from pipedrive.link where remote_base is null") == 1,
                "what only this Pipedrive company has is as it was, and so are the other one's pairs")
            try stores.sync(.organizations([delft, alone]))
            #expect(try stores.linked(.organization, 5)?.details.address.city == "Delft")
        }
    }
}
