import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Sodium
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct DocumentNumberTests {
    private struct Abandoned: Error {}

    @Test func `numbers have no gaps under twenty writers, one of whom rolls back`() throws {
        try withStores { stores throws in
            let contact = try stores.web { try $0.addContact() }
            let written = race(20) { index in
                try stores.web { transaction throws in
                    let quote = try transaction.addQuote(for: contact)
                    if index == 7 { throw Abandoned() }
                    return quote.number
                }
            }
            #expect(written[7].failure is Abandoned)
            let year = CalendarDay.someday.year
            let expected = (1...19).map { "Q\(year)-\($0 < 10 ? "000" : "00")\($0)" }
            #expect(written.compactMap(\.value).sorted() == expected)
            let stored = try stores.raw("select number from books.quote order by number").map {
                try $0.string("number")
            }
            #expect(stored == expected)
        }
    }

    @Test func `fifty writers over the turn of a year leave neither gaps nor doubles, though some roll back`() throws {
        try withStores { stores throws in
            let contact = try stores.web { try $0.addContact() }
            let lastDay = try #require(CalendarDay("2026-12-31"))
            let written = race(50) { index in
                try (0..<4).compactMap { round -> String? in
                    do {
                        return try stores.api { transaction throws in
                            let made = try transaction.invoices.insert(
                                NewInvoice(
                                    content: DocumentContent(contactID: contact, currency: .eur, lines: [.costing(1)]),
                                    issuedOn: lastDay.adding(days: (index + round) % 2),
                                    publicToken: RandomBytes.token()))
                            if (index + round) % 5 == 0 { throw Abandoned() }
                            return made.number
                        }
                    } catch is Abandoned {
                        return nil
                    }
                }
            }
            #expect(written.allSatisfy { $0.failure == nil })
            let numbers = written.compactMap(\.value).flatMap { $0 }
            #expect(numbers.count == 160 && Set(numbers).count == 160)
            for year in ["2026", "2027"] {
                let own = numbers.filter { $0.hasPrefix(year) }.sorted()
                let expected = (1...own.count).map { "\(year)-" + String("000\($0)".suffix(4)) }
                #expect(own == expected)
            }
        }
    }

    @Test func `quotes and invoices, years and companies count apart`() throws {
        try withStores { stores throws in
            let other = try stores.makeCompany()
            let next = CalendarDay.someday.adding(days: 366)
            func numbers(_ company: Company.ID) throws -> [String] {
                try stores.web(company) { transaction throws in
                    let contact = try transaction.addContact()
                    let content = DocumentContent(contactID: contact, currency: .eur, lines: [.costing(1)])
                    let later = try transaction.invoices.insert(
                        NewInvoice(content: content, issuedOn: next, publicToken: RandomBytes.token()))
                    return [
                        try transaction.addQuote(for: contact).number, try transaction.addInvoice(for: contact).number,
                        try transaction.addInvoice(for: contact).number, later.number,
                    ]
                }
            }
            let expected = ["Q2024-0001", "2024-0001", "2024-0002", "2025-0001"]
            #expect(try numbers(stores.company) == expected)
            #expect(try numbers(other) == expected)
        }
    }

    @Test func `after the ten-thousandth a number grows longer`() throws {
        try withStores { stores throws in
            try stores.raw(
                """
                insert into books.document_number (company_id, kind, year, last_number)
                values (\(stores.company), 'quote', 2024, 9999)
                """)
            #expect(try stores.web { try $0.addQuote(for: try $0.addContact()) }.number == "Q2024-10000")
        }
    }

    @Test func `one quote per external id, whoever comes first, and no number is lost`() throws {
        try withStores { stores throws in
            try stores.connect()
            let contact = try stores.web { try $0.addContact() }
            let made = race(10) { _ in
                try stores.cron { try $0.addQuote(for: contact, externalID: "pipedrive:deal:7") }
            }
            #expect(made.compactMap(\.value).count == 1)
            let refusals = made.compactMap { $0.failure as? Refusal }
            #expect(refusals.count == 9)
            #expect(refusals.allSatisfy { $0.code == .conflict && $0.fields["external_id"] != nil })
            #expect(try stores.cron { try $0.addQuote(for: contact) }.number == "Q2024-0002")
        }
    }

    @Test func `the same deal number of another Pipedrive company is another deal`() throws {
        try withStores { stores throws in
            let contact = try stores.web { try $0.addContact() }
            try stores.connect()
            let first = try stores.cron { try $0.addQuote(for: contact, externalID: "pipedrive:deal:7") }
            _ = try stores.web { try $0.connections.disconnect() }
            try stores.connect(.number(2, company: 88))
            #expect(try stores.cron { try $0.quotes.quote(externalID: "pipedrive:deal:7") } == nil)
            let second = try stores.cron { try $0.addQuote(for: contact, externalID: "pipedrive:deal:7") }
            #expect(second.id != first.id)
            #expect(try stores.cron { try $0.quotes.quote(externalID: "pipedrive:deal:7") } == second)
        }
    }
}
