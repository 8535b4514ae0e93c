import Domain
import FoundationEssentials
import Postgres
import PostgresStore
import PostgresTestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct PanelTests {
    private static let user = PipedriveUser.ID(1)

    private static func view(
        _ resource: PanelSubject.Resource, _ record: Int64, user: PipedriveUser.ID = user, now: Date? = nil,
        in stores: Stores, company: Int64 = 77
    ) throws -> PanelView {
        try stores.storage.panelView(
            PanelSubject(resource: resource, recordIDs: [record]), company: PipedriveCompany.ID(company), user: user,
            now: now)
    }

    /// Zeros in the company's own currency.
    private static let nothing = PanelFigures(
        currency: .eur, arr: 0, revenue: 0, openCount: 0, open: 0, overdue: 0, latest: nil)

    private static func record(_ view: PanelView) -> PanelRecord? {
        if case .records(_, let records) = view { records.first } else { nil }
    }

    private static func figures(_ view: PanelView) -> [PanelFigures]? { record(view)?.figures }

    private static func contact(_ view: PanelView) -> Contact.ID? { record(view)?.customer?.id }

    private static func isUnlinked(_ view: PanelView) -> Bool { record(view).map { $0.customer == nil } ?? false }

    // An organization 5 with the person 1.
    private static func link(_ stores: Stores) throws -> (organization: Contact.ID, person: Contact.ID) {
        try stores.connect()
        try stores.sync(.organizations([.number(5)]), .persons([.number(1, organization: 5)]))
        return (try #require(try stores.linked(.organization, 5)).id, try #require(try stores.linked(.person, 1)).id)
    }

    @Test func `every figure is right, per currency, the most used first`() throws {
        try withStores { stores throws in
            let acme = try Self.link(stores).organization
            // 2024-10-04, 23:30 UTC: the fifth in Amsterdam.
            let now = Date(timeIntervalSince1970: 1_728_084_600)
            let day = try #require(CalendarDay("2024-10-04"))
            let latest = try stores.web { transaction in
                let paid = try transaction.addInvoice(for: acme, units: 500, dueOn: day, state: .sent)
                _ = try transaction.invoices.pay(paid.id, minorUnits: 500, paidOn: day)
                let part = try transaction.addInvoice(for: acme, units: 1_000, dueOn: day, state: .sent)
                _ = try transaction.invoices.pay(part.id, minorUnits: 300, paidOn: day)
                let credited = try transaction.addInvoice(for: acme, units: 9_999, dueOn: day, state: .sent)
                _ = try transaction.invoices.move(credited.id, from: .sent, to: .credited)
                let open = try transaction.addInvoice(for: acme, units: 40, dueOn: day.adding(days: 1), state: .sent)
                _ = try transaction.addInvoice(for: acme, units: 77_777, dueOn: day)
                _ = try transaction.addSubscription(for: acme, units: 10)
                _ = try transaction.addSubscription(for: acme, units: 20)
                _ = try transaction.addSubscription(for: acme, units: 30, currency: .usd)
                for state in [Subscription.State.concept, .paused, .cancelled] {
                    _ = try transaction.addSubscription(for: acme, units: 1_000, state: state)
                }
                return open
            }
            let dollars = try stores.web { try $0.addInvoice(for: acme, units: 7, currency: .usd, state: .sent) }
            let view = try Self.view(.organization, 5, now: now, in: stores)
            #expect(Self.contact(view) == acme)
            #expect(
                Self.figures(view) == [
                    PanelFigures(
                        currency: .eur, arr: 360, revenue: 500, openCount: 2, open: 740, overdue: 700,
                        latest: PanelFigures.LatestInvoice(id: latest.id, number: latest.number)),
                    PanelFigures(
                        currency: .usd, arr: 360, revenue: 0, openCount: 1, open: 7, overdue: 0,
                        latest: PanelFigures.LatestInvoice(id: dollars.id, number: dollars.number)),
                ])
        }
    }

    @Test func `overdue begins when the due day is over where the company is`() throws {
        try withStores { stores throws in
            let acme = try Self.link(stores).organization
            let day = try #require(CalendarDay("2024-10-04"))
            try stores.web { _ = try $0.addInvoice(for: acme, units: 9, dueOn: day, state: .sent) }
            let evening = Date(timeIntervalSince1970: 1_728_079_199)
            for (seconds, overdue) in [(0.0, Int64(0)), (2, 9)] {
                let view = try Self.view(.organization, 5, now: evening.addingTimeInterval(seconds), in: stores)
                #expect(Self.figures(view)?.map(\.overdue) == [overdue])
            }
        }
    }

    @Test func `a person's page adds its organization, an organization's its persons, and nobody else`() throws {
        try withStores { stores throws in
            let (acme, ada) = try Self.link(stores)
            try stores.web { transaction throws in
                let stranger = try transaction.addContact("Stranger")
                let colleague = try transaction.addContact("Colleague", organization: acme)
                let open: [(Contact.ID, Int64)] = [(acme, 1), (ada, 10), (colleague, 100), (stranger, 1_000)]
                for (contact, units) in open {
                    _ = try transaction.addInvoice(for: contact, units: units, state: .sent)
                }
            }
            let person = try Self.view(.person, 1, in: stores)
            #expect(Self.contact(person) == ada && Self.figures(person)?.map(\.open) == [11])
            let organization = try Self.view(.organization, 5, in: stores)
            #expect(Self.contact(organization) == acme && Self.figures(organization)?.map(\.open) == [111])
        }
    }

    @Test func `a customer without documents has zeros in the company's own currency`() throws {
        try withStores { stores throws in
            let ada = try Self.link(stores).person
            let view = try Self.view(.person, 1, in: stores)
            #expect(Self.contact(view) == ada && Self.figures(view) == [Self.nothing])
        }
    }

    @Test func `a deal shows the customer of its latest quote, else its organization, else its person`() throws {
        try withStores { stores throws in
            let (acme, ada) = try Self.link(stores)
            #expect(Self.isUnlinked(try Self.view(.deal, 7, in: stores)))
            let elsewhere = try stores.web { try $0.addQuote(for: ada) }
            func ready(_ context: DealContext) throws {
                try stores.cron {
                    try $0.drafts.ready(Deal.ID(7), quote: elsewhere.id, context: context, drafter: "built-in")
                }
            }
            try ready(DraftTests.context(person: 1))
            #expect(Self.contact(try Self.view(.deal, 7, in: stores)) == ada)
            try ready(DraftTests.context(person: 1, organization: 5))
            #expect(Self.contact(try Self.view(.deal, 7, in: stores)) == acme)
            let (older, newer) = try stores.web { (try $0.addContact("Older"), try $0.addContact("Newer")) }
            for contact in [older, newer] { _ = try stores.cron { try $0.addQuote(for: contact, deal: 7) } }
            #expect(Self.contact(try Self.view(.deal, 7, in: stores)) == newer)
            let made = try stores.api { transaction in
                let contact = try transaction.addContact("By the API")
                _ = try transaction.addQuote(for: contact, deal: 8)
                return contact
            }
            #expect(Self.contact(try Self.view(.deal, 8, in: stores)) == made)
        }
    }

    @Test func `who has no live grant, and what has no live link, is told so`() throws {
        try withStores { stores throws in
            _ = try Self.link(stores)
            try stores.connect(.number(2))
            #expect(try Self.view(.person, 1, user: PipedriveUser.ID(3), in: stores) == .notGranted)
            #expect(Self.isUnlinked(try Self.view(.person, 99, in: stores)))
            #expect(Self.isUnlinked(try Self.view(.organization, 1, in: stores)))
            try stores.cron {
                _ = try $0.connections.markReconnect(user: Self.user, refused: Credentials.made().refreshToken)
            }
            #expect(try Self.view(.person, 1, in: stores) == .notGranted)
            #expect(Self.figures(try Self.view(.person, 1, user: PipedriveUser.ID(2), in: stores)) == [Self.nothing])
            try stores.sync(.persons([.number(1, isDeleted: true)]))
            #expect(Self.isUnlinked(try Self.view(.person, 1, user: PipedriveUser.ID(2), in: stores)))
        }
    }

    @Test func `without a connection, or once it has ended, there is no panel`() throws {
        try withStores { stores throws in
            #expect(try Self.view(.person, 1, in: stores) == .disconnected)
            _ = try Self.link(stores)
            _ = try stores.web { try $0.connections.disconnect() }
            #expect(try Self.view(.person, 1, in: stores) == .disconnected)
        }
    }

    @Test func `another company's records never show, though they have the same numbers`() throws {
        try withStores { stores throws in
            let acme = try Self.link(stores).organization
            try stores.web { _ = try $0.addInvoice(for: acme, units: 5, state: .sent) }
            let other = try stores.makeCompany()
            #expect(try Self.view(.organization, 5, in: stores, company: 88) == .disconnected)
            try stores.connect(.number(1, company: 88), company: other)
            #expect(Self.isUnlinked(try Self.view(.organization, 5, in: stores, company: 88)))
            _ = try stores.cron(other) { try $0.takeOver(.organizations([.number(5)])) }
            let theirs = try Self.view(.organization, 5, in: stores, company: 88)
            #expect(Self.figures(theirs) == [Self.nothing])
            #expect(Self.contact(theirs) != acme)
        }
    }
}
