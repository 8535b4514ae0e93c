import Domain
import FoundationEssentials
import PostgresStore
import PostgresTestSupport
import Testing

/// Deals of two Pipedrive companies have the same numbers: what was bound to the one's deal 7 is not the other's.
@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct DealCompanyTests {
    private struct Shown: Hashable {
        var customer: Contact.ID?
        var quote: Quote.ID?
        var invoice: Invoice.ID?
    }

    private static func deal(_ id: Int64, of company: Int64, in stores: Stores) throws -> Shown {
        let view = try stores.storage.panelView(
            PanelSubject(resource: .deal, recordIDs: [id]), company: PipedriveCompany.ID(company),
            user: PipedriveUser.ID(1), now: nil)
        guard case .records(_, let records) = view, let record = records.first else {
            throw NeverHappened(description: "no record, but \(view)")
        }
        return Shown(customer: record.customer?.id, quote: record.quote?.id, invoice: record.invoice?.id)
    }

    private static func deals(of subjects: [UUID], _ kind: BookEvent.Kind, in stores: Stores) throws -> [Deal.ID?] {
        try stores.cron { transaction in
            try subjects.map { subject in
                let id = try transaction.events.append(kind, subject: subject)
                return try transaction.events.details(of: [id]).first?.document?.dealID
            }
        }
    }

    @Test func `a document bound to one company's deal is not shown, nor noted, at another's of that number`() throws {
        try withStores { stores throws in
            try stores.connect(.number(1, company: 77))
            let ada = try stores.web { try $0.addContact() }
            let quote = try stores.api { try $0.addQuote(for: ada, deal: 7) }
            let invoice = try stores.web { try $0.addInvoice(for: ada, deal: 7, state: .sent) }
            let ofQuote = try stores.web { try $0.addInvoice(for: ada, quote: quote.id, state: .sent) }
            #expect(
                try Self.deal(7, of: 77, in: stores) == Shown(customer: ada, quote: quote.id, invoice: ofQuote.id))
            let subjects = [invoice.id.rawValue, ofQuote.id.rawValue]
            #expect(try Self.deals(of: subjects, .invoiceSent, in: stores) == [Deal.ID(7), Deal.ID(7)])

            _ = try stores.web { try $0.connections.disconnect() }
            try stores.connect(.number(1, company: 88))
            #expect(try Self.deal(7, of: 88, in: stores) == Shown())
            #expect(try Self.deals(of: subjects, .invoiceSent, in: stores) == [nil, nil])
            #expect(try Self.deals(of: [quote.id.rawValue], .quoteSent, in: stores) == [nil])
            let theirs = try stores.web { try $0.addInvoice(for: ada, deal: 7) }
            #expect(try Self.deal(7, of: 88, in: stores) == Shown(customer: ada, invoice: theirs.id))

            _ = try stores.web { try $0.connections.disconnect() }
            try stores.connect(.number(1, company: 77))
            #expect(
                try Self.deal(7, of: 77, in: stores) == Shown(customer: ada, quote: quote.id, invoice: ofQuote.id))
            #expect(try Self.deals(of: subjects, .invoiceSent, in: stores) == [Deal.ID(7), Deal.ID(7)])
        }
    }

    @Test func `an invoice made from a quote of another company's deal is that deal's, unless it is bound anew`() throws
    {
        try withStores { stores throws in
            try stores.connect(.number(1, company: 77))
            let ada = try stores.web { try $0.addContact() }
            let quote = try stores.web { try $0.addQuote(for: ada, deal: 7) }
            _ = try stores.web { try $0.connections.disconnect() }
            try stores.connect(.number(1, company: 88))
            // Also by the API, whose role cannot read the connection.
            let ours = [
                try stores.web { try $0.addInvoice(for: ada, quote: quote.id, deal: 7, state: .sent) },
                try stores.api { try $0.addInvoice(for: ada, quote: quote.id, deal: 7, state: .sent) },
            ]
            let other = try stores.web { try $0.addInvoice(for: ada, quote: quote.id, deal: 8, state: .sent) }
            #expect(try Self.deal(7, of: 88, in: stores) == Shown())
            #expect(try Self.deal(8, of: 88, in: stores) == Shown(customer: ada, invoice: other.id))
            let subjects = ours.map(\.id.rawValue) + [other.id.rawValue]
            #expect(try Self.deals(of: subjects, .invoiceSent, in: stores) == [nil, nil, Deal.ID(8)])
            _ = try stores.web { try $0.documentDeals.bind(ours[0].id, deal: nil, lead: nil) }
            _ = try stores.web { try $0.documentDeals.bind(ours[0].id, deal: Deal.ID(7), lead: nil) }
            #expect(try Self.deal(7, of: 88, in: stores) == Shown(customer: ada, invoice: ours[0].id))

            _ = try stores.web { try $0.connections.disconnect() }
            try stores.connect(.number(1, company: 77))
            #expect(try Self.deals(of: [ours[1].id.rawValue], .invoiceSent, in: stores) == [Deal.ID(7)])
        }
    }

    @Test func `what was bound while disconnected, or before the first connection, is the last or first company's`()
        throws
    {
        try withStores { stores throws in
            let ada = try stores.api { try $0.addContact() }
            let before = try stores.api { try $0.addInvoice(for: ada, deal: 7) }
            let quote = try stores.api { try $0.addQuote(for: ada) }
            try stores.connect(.number(1, company: 77))
            #expect(try Self.deal(7, of: 77, in: stores) == Shown(customer: ada, invoice: before.id))
            _ = try stores.web { try $0.connections.disconnect() }
            _ = try stores.web { try $0.documentDeals.bind(quote.id, deal: Deal.ID(8), lead: nil) }
            try stores.connect(.number(1, company: 77))
            #expect(try Self.deal(8, of: 77, in: stores) == Shown(customer: ada, quote: quote.id))
            try stores.connect(.number(1, company: 88))
            for id in [Int64(7), 8] { #expect(try Self.deal(id, of: 88, in: stores) == Shown()) }
            // Bound anew, it is the deal of the company that is connected now; unbound, nobody's.
            _ = try stores.web { try $0.documentDeals.bind(quote.id, deal: Deal.ID(9), lead: nil) }
            #expect(try Self.deal(9, of: 88, in: stores) == Shown(customer: ada, quote: quote.id))
            _ = try stores.web { try $0.documentDeals.bind(quote.id, deal: nil, lead: nil) }
            #expect(try Self.deal(9, of: 88, in: stores) == Shown())
        }
    }
}
