import Dispatch
import Domain
import FoundationEssentials
import Postgres
import PostgresStore
import PostgresTestSupport
import Testing

/// The figures that the books keep up, held against a slow and plain statement over the documents themselves.
@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct FigureTests {
    /// `make chaos` asks for 100,000.
    private static let documentCount =
        ProcessInfo.processInfo.environment["PAYDOCK_TEST_DOCUMENTS"].flatMap { Int($0) } ?? 2_000

    @Test func `every page of generated books shows what its documents give, to the cent`() throws {
        try withStores { stores throws in
            let books = GeneratedBooks(stores)
            try books.fill(documentCount: Self.documentCount)
            try books.change()
            #expect(try stores.everywhere { try $0.figures.differing() } == 0)
            // Around midnight of the three time zones, which fall on different days.
            for now in try books.momentsAroundMidnight() { try books.compareAllPages(now: now) }
            _ = try stores.everywhere { try $0.figures.foldPast() }
            try books.compareAllPages(now: nil)
            let before = try stores.number("select count(*) as value from books.figure")
            _ = try stores.everywhere { try $0.figures.rebuild() }
            try books.compareAllPages(now: nil)
            #expect(try stores.everywhere { try $0.figures.differing() } == 0)
            #expect(before > 0)
        }
    }

    @Test func `what concurrent writers add to one customer is all there, and none waits for ever`() throws {
        try withStores { stores throws in
            try stores.connect()
            try stores.sync(.organizations([.number(5)]), .persons([.number(1, organization: 5)]))
            let acme = try #require(try stores.linked(.organization, 5)).id
            let ada = try #require(try stores.linked(.person, 1)).id
            let results = race(50) { index in
                for step in 1...4 {
                    // Two customers in one transaction, in either order.
                    let customers = index.isMultiple(of: 2) ? [acme, ada] : [ada, acme]
                    let invoices = try stores.web { transaction in
                        try customers.map { try transaction.addInvoice(for: $0, units: 100, state: .sent) }
                    }
                    guard step.isMultiple(of: 2) else { continue }
                    _ = try stores.api {
                        try $0.invoices.pay(invoices[0].id, minorUnits: 100, paidOn: .someday)
                    }
                }
            }
            for failure in results.compactMap(\.failure) { Issue.record(failure) }
            #expect(try stores.everywhere { try $0.figures.differing() } == 0)
            let view = try stores.storage.panelView(
                PanelSubject(resource: .organization, recordIDs: [5]), company: PipedriveCompany.ID(77),
                user: PipedriveUser.ID(1), now: nil)
            guard case .records(_, let records) = view, let figures = records.first?.figures.first else {
                throw NeverHappened(description: "figures of the organization")
            }
            // 400 invoices of 1.00, a quarter of them paid.
            #expect(figures.revenue == 10_000 && figures.open == 30_000 && figures.openCount == 300)
        }
    }

    @Test func `nothing is open of an invoice of nothing, sent or paid`() throws {
        try withStores { stores throws in
            let (ada, free) = try stores.web { transaction in
                let ada = try transaction.addContact()
                return (ada, try transaction.addInvoice(for: ada, units: 0, state: .sent).id)
            }
            let open: SQL = """
                select coalesce(sum(open_count), 0)::int as value from books.figure where contact_id = \(ada)
                """
            #expect(try stores.number(open) == 0)
            #expect(try stores.number("select sum(invoice_count)::int as value from books.figure") == 1)
            #expect(try stores.web { try $0.invoices.move(free, from: .sent, to: .paid) } != nil)
            #expect(try stores.number(open) == 0)
            #expect(try stores.everywhere { try $0.figures.differing() } == 0)
        }
    }

    @Test func `a person who moves between organizations takes its figures along, whoever writes meanwhile`() throws {
        try withStores { stores throws in
            let (one, two, ada) = try stores.web { transaction throws in
                let one = try transaction.addContact("One", kind: .organization)
                let two = try transaction.addContact("Two", kind: .organization)
                return (one, two, try transaction.addContact("Ada", organization: one))
            }
            let results = race(12) { index in
                for step in 0..<10 {
                    if index < 3 {
                        let home: Contact.ID? = [one, two, nil][(index + step) % 3]
                        _ = try stores.web {
                            try $0.contacts.update(
                                ada, ContactDetails(kind: .person, name: "Ada", organizationID: home))
                        }
                    } else {
                        _ = try stores.api { try $0.addInvoice(for: ada, units: 7, state: .sent) }
                    }
                }
            }
            for failure in results.compactMap(\.failure) { Issue.record(failure) }
            #expect(try stores.everywhere { try $0.figures.differing() } == 0)
        }
    }

    @Test func `an addition that is not committed yet holds a move up, and is moved with the rest`() throws {
        try withStores { stores throws in
            let (one, two, ada) = try stores.web { transaction throws in
                let one = try transaction.addContact("One", kind: .organization)
                let two = try transaction.addContact("Two", kind: .organization)
                return (one, two, try transaction.addContact("Ada", organization: one))
            }
            let added = DispatchSemaphore(value: 0)
            let results = race(2) { index in
                if index == 0 {
                    try stores.web { transaction in
                        defer { added.signal() }
                        _ = try transaction.addInvoice(for: ada, units: 5, state: .sent)
                        added.signal()
                        try stores.waitForBlockedSessions()
                    }
                } else {
                    // Not by a lock on the table: the concept's foreign key takes one, before the row is held.
                    added.wait()
                    _ = try stores.web {
                        try $0.contacts.update(
                            ada, ContactDetails(kind: .person, name: "Ada", organizationID: two))
                    }
                }
            }
            for failure in results.compactMap(\.failure) { Issue.record(failure) }
            let open: SQL = """
                select coalesce(sum(open_amount), 0)::int as value from books.figure where scope = 'persons'
                    and contact_id =
                """
            #expect(try stores.number("\(fragment: open) \(one)") == 0)
            #expect(try stores.number("\(fragment: open) \(two)") == 5)
        }
    }

    @Test func `an archived person stays with its organization, a deleted organization lets its persons go`() throws {
        try withStores { stores throws in
            let (acme, ada, bob) = try stores.web { transaction throws in
                let acme = try transaction.addContact("Acme", kind: .organization)
                return (
                    acme, try transaction.addContact("Ada", organization: acme),
                    try transaction.addContact("Bob", organization: acme)
                )
            }
            try stores.web { transaction in
                _ = try transaction.addInvoice(for: ada, units: 5, state: .sent)
                #expect(try !transaction.contacts.delete(ada))
                #expect(try transaction.contacts.delete(bob))
            }
            #expect(try stores.everywhere { try $0.figures.differing() } == 0)
            #expect(
                try stores.number(
                    "select sum(open_amount)::int as value from books.figure where contact_id = \(acme)") == 5)
            try stores.web { _ = try $0.contacts.delete(acme) }
            #expect(try stores.number("select count(*) as value from books.figure where contact_id = \(acme)") == 0)
            #expect(try stores.everywhere { try $0.figures.differing() } == 0)
        }
    }

    @Test func `a figure that went wrong is noticed and made anew`() throws {
        try withStores { stores throws in
            let ada = try stores.web { try $0.addContact() }
            try stores.web { _ = try $0.addInvoice(for: ada, units: 5, state: .sent) }
            try stores.raw("update books.figure set open_amount = open_amount + 1 where open_count > 0")
            #expect(try stores.everywhere { try $0.figures.differing() } == 1)
            _ = try stores.everywhere { try $0.figures.rebuild() }
            #expect(try stores.everywhere { try $0.figures.differing() } == 0)
            try stores.raw("delete from books.newest_invoice")
            #expect(try stores.everywhere { try $0.figures.differing() } == 1)
            _ = try stores.everywhere { try $0.figures.rebuild() }
            #expect(try stores.everywhere { try $0.figures.differing() } == 0)
        }
    }

    @Test func `a withdrawn invoice gives its place as the latest back`() throws {
        try withStores { stores throws in
            let ada = try stores.web { try $0.addContact() }
            let (older, newer) = try stores.web {
                (try $0.addInvoice(for: ada, state: .sent), try $0.addInvoice(for: ada, state: .sent))
            }
            let newest: SQL = "select string_agg(number, ',') as value from books.newest_invoice"
            #expect(try stores.text(newest) == newer.number)
            try stores.raw("delete from books.invoice where id = \(newer.id)")
            #expect(try stores.text(newest) == older.number)
            #expect(try stores.everywhere { try $0.figures.differing() } == 0)
        }
    }

    @Test func `a key has few lines however many writes it had, and past dates are one`() throws {
        try withStores { stores throws in
            let ada = try stores.web { try $0.addContact() }
            for _ in 1...60 {
                try stores.web { _ = try $0.addInvoice(for: ada, units: 1, dueOn: .someday, state: .sent) }
            }
            let lines: SQL = "select count(*) as value from books.figure"
            #expect(try stores.number(lines) <= 16)
            for day in 1...30 {
                try stores.web {
                    _ = try $0.addInvoice(for: ada, units: 1, dueOn: .someday.adding(days: day), state: .sent)
                }
            }
            #expect(try stores.number(lines) >= 30)
            _ = try stores.everywhere { try $0.figures.foldPast() }
            #expect(try stores.number(lines) <= 9)
            #expect(try stores.everywhere { try $0.figures.differing() } == 0)
        }
    }

    @Test func `the regular API's role keeps the figures up and cannot write them itself`() throws {
        try withStores { stores throws in
            let ada = try stores.api { try $0.addContact() }
            try stores.api { _ = try $0.addInvoice(for: ada, units: 5, state: .sent) }
            #expect(try stores.number("select sum(open_amount)::int as value from books.figure") == 5)
            for table in ["figure", "newest_invoice"] {
                let rights = try stores.text(
                    """
                    select string_agg(grantee || ' ' || privilege_type, ',' order by grantee, privilege_type) as value
                    from information_schema.role_table_grants
                    where table_schema = 'books' and table_name = \(table) and grantee <> 'paydock_owner'
                    """)
                #expect(rights == "paydock_api SELECT,paydock_cron SELECT,paydock_web SELECT")
            }
        }
    }
}
