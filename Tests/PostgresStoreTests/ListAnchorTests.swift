import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

@testable import PostgresStore

/// Pages far down long lists are those that counting the whole list finds, whatever changed since anchors were set.
@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct ListAnchorTests {
    private static let invoiceCount = 21_000
    private static let contactCount = 16_000

    /// A long list of each kind. Three invoices share each moment, and a dozen contacts each name.
    private func fill(_ stores: Stores) throws {
        let company = stores.company
        try stores.raw(
            """
            insert into books.contact (company_id, id, kind, name)
            select \(company), md5('c' || n)::uuid, 'person', 'Contact ' || (n * 7919 % 1300)
            from generate_series(1, \(Self.contactCount)) n
            """)
        try stores.raw(
            """
            insert into books.invoice (company_id, id, number, state, contact_id, currency, lines, net, tax, gross,
                issued_on, due_on, public_token, created_at)
            select \(company), md5('i' || n)::uuid, n::text, case when n % 7 = 0 then 'credited' else 'sent' end,
                md5('c1')::uuid, 'EUR', '[]', 100, 0, 100, '2026-01-01', '2099-01-01', md5('t' || n),
                '2020-01-01'::timestamptz + n / 3 * interval '1 second'
            from generate_series(1, \(Self.invoiceCount)) n
            """)
    }

    private static let offsets = [0, 1_999, 2_000, 2_001, 9_999, 10_003, 14_321, 15_998, 17_500, 20_996, 30_000]

    private func expectPages(_ stores: Stores, location: SourceLocation = #_sourceLocation) throws {
        for offset in Self.offsets {
            let page = PageRequest(limit: 3, offset: offset)
            for status in [nil, Invoice.Status.sent, .partiallyPaid] {
                let expected = try stores.raw(
                    """
                    select id from books.invoice where company_id = \(stores.company)
                        and (\(status?.rawValue)::text is null or status = \(status?.rawValue))
                    order by created_at desc, id limit 3 offset \(offset)
                    """
                ).map { Invoice.ID(try $0.uuid("id")) }
                let found = try stores.api { try $0.invoices.list(status: status, contact: nil, page: page) }
                #expect(found.items.map(\.id) == expected, "\(status) from \(offset)", sourceLocation: location)
            }
            let expected = try stores.raw(
                """
                select id from books.contact where company_id = \(stores.company) and archived_at is null
                order by name_key, id limit 3 offset \(offset)
                """
            ).map { Contact.ID(try $0.uuid("id")) }
            let found = try stores.api { try $0.contacts.list(search: nil, page: page) }
            #expect(found.items.map(\.id) == expected, "contacts from \(offset)", sourceLocation: location)
        }
    }

    /// Where the server begins to count for an offset.
    private func rank(of list: String, _ state: String?, _ offset: Int, _ stores: Stores) throws -> Int? {
        try stores.api { transaction throws in
            let connection = try #require(transaction as? PostgresTransaction).connection
            return try ListAnchor.before(
                offset: offset, of: list, state: state, company: stores.company, connection)?.rank
        }
    }

    private func fold(_ stores: Stores) throws { _ = try stores.everywhere { try $0.listCounts.fold() } }

    /// One row at a time, as people and the API do it: rows before, between and behind the anchors.
    private func change(_ stores: Stores, round: Int) throws {
        for step in stride(from: round, to: Self.invoiceCount, by: 1_711) {
            try stores.raw(
                """
                update books.invoice set state = 'partially_paid', paid = 1
                where company_id = \(stores.company) and id = md5('i' || \(step))::uuid and state = 'sent'
                """)
            try stores.raw(
                """
                update books.contact set name = 'Contact ' || \(step * 31 % 1_300)
                where company_id = \(stores.company) and id = md5('c' || \(step))::uuid
                """)
            try stores.raw(
                """
                update books.contact set archived_at = clock_timestamp()
                where company_id = \(stores.company) and id = md5('c' || \(step + 1))::uuid
                """)
            try stores.raw(
                "delete from books.contact where company_id = \(stores.company) and id = md5('c' || \(step + 2))::uuid")
        }
        try stores.web { transaction throws in
            let contact = try transaction.addContact("Contact 5")
            for _ in 1...4 { _ = try transaction.addInvoice(for: contact, state: .sent) }
        }
    }

    @Test func `a page far down is the one that counting everything finds, whatever changed`() throws {
        try withStores { stores throws in
            try fill(stores)
            try expectPages(stores)
            #expect(try rank(of: "invoice", nil, 20_000, stores) == nil)
            try fold(stores)
            #expect(try rank(of: "invoice", nil, 20_000, stores) == 20_000)
            #expect(try rank(of: "invoice", "sent", 16_000, stores) == 16_000)
            #expect(try rank(of: "contact", "live", 14_999, stores) == 14_000)
            try expectPages(stores)
            for round in 1...2 {
                try change(stores, round: round * 10)
                try expectPages(stores)
                let moved = try #require(try rank(of: "invoice", nil, 20_100, stores))
                #expect(moved == 20_000 + 4 * round)
                try fold(stores)
                #expect(try rank(of: "invoice", nil, 20_100, stores) == moved)
                try expectPages(stores)
            }
            // A change in bulk says how many, not where: the list is counted whole until it has been folded.
            try stores.raw(
                "update books.invoice set state = 'credited' where state = 'sent' and hashtext(number) % 50 = 0")
            #expect(try rank(of: "invoice", "sent", 16_000, stores) == nil)
            try expectPages(stores)
            try fold(stores)
            #expect(try rank(of: "invoice", "sent", 16_000, stores) == 16_000)
            try expectPages(stores)
        }
    }

    @Test func `a writer that commits while a list is counted is in the ranks once`() throws {
        try withStores { stores throws in
            try fill(stores)
            let contact = try stores.web { try $0.addContact() }
            let open = try stores.secondStorage()
            // Not committed yet when the anchors are set: its line stays, and is added to them afterwards.
            try open.transaction(.web(stores.company)) { transaction throws in
                _ = try transaction.addInvoice(for: contact)
                try fold(stores)
                #expect(try rank(of: "invoice", nil, 20_000, stores) == 20_000)
            }
            #expect(try rank(of: "invoice", nil, 20_001, stores) == 20_001)
            try expectPages(stores)
            try fold(stores)
            try expectPages(stores)
        }
    }

    @Test func `another company's anchors are neither read nor written`() throws {
        try withStores { stores throws in
            try fill(stores)
            try fold(stores)
            let other = try stores.makeCompany()
            let seen = try stores.api(other) { transaction throws in
                let connection = try #require(transaction as? PostgresTransaction).connection
                return try connection.query("select from books.list_anchor").count
            }
            #expect(seen == 0)
        }
    }
}
