internal import Domain
import FoundationEssentials
import Postgres

struct PostgresSubscriptions: SubscriptionStore {
    let connection: PostgresConnection
    let access: StorageAccess

    private static let columns = SQL(
        unsafe: """
            id, state, name, contact_id, currency, lines::text as lines, external_id, deal_id, lead_id, note,
            interval_unit, interval_count, starts_on::text as starts_on, created_at, updated_at
            """)

    func insert(_ subscription: NewSubscription) throws -> Subscription {
        let content = subscription.content
        let annual = try Self.annualValue(subscription)
        return try MissingReference.refusing {
            try connection.query(
                """
                insert into books.subscription (
                    company_id, state, name, contact_id, currency, lines, annual_net, external_id, deal_id, lead_id, note,
                    interval_unit, interval_count, starts_on)
                values (
                    \(try access.company()), \(subscription.state.rawValue), \(subscription.name), \(content.contactID),
                    \(content.currency.code), \(try StoredLine.text(content.lines))::text::jsonb, \(annual),
                    \(content.externalID), \(content.dealID), \(content.leadID), \(content.note),
                    \(subscription.intervalUnit.rawValue), \(subscription.intervalCount), \(subscription.startsOn))
                returning \(fragment: Self.columns)
                """)
        }.first.map(Self.subscription).orMissing("subscription")
    }

    private static func annualValue(_ terms: NewSubscription) throws -> Int64 {
        let totals = try DocumentTotals(lines: terms.content.lines, currency: terms.content.currency)
        return Subscription.annualValue(net: totals.net, unit: terms.intervalUnit, count: terms.intervalCount)
    }

    func revise(_ id: Subscription.ID, _ terms: NewSubscription) throws -> Subscription? {
        let content = terms.content
        return try connection.query(
            """
            update books.subscription set
                name = \(terms.name), contact_id = \(content.contactID), currency = \(content.currency.code),
                lines = \(try StoredLine.text(content.lines))::text::jsonb, annual_net = \(try Self.annualValue(terms)),
                deal_id = \(content.dealID), lead_id = \(content.leadID), note = \(content.note),
                interval_unit = \(terms.intervalUnit.rawValue), interval_count = \(terms.intervalCount),
                starts_on = \(terms.startsOn), updated_at = clock_timestamp()
            where company_id = \(try access.company()) and id = \(id) and state <> 'cancelled'
            returning \(fragment: Self.columns)
            """
        ).first.map(Self.subscription)
    }

    func subscription(_ id: Subscription.ID) throws -> Subscription? {
        try connection.query(
            """
            select \(fragment: Self.columns) from books.subscription
            where company_id = \(try access.company()) and id = \(id)
            """
        ).first.map(Self.subscription)
    }

    func list(
        state: Subscription.State?, contact: Contact.ID?, page: PageRequest
    ) throws -> Listing<Subscription> {
        let list = DocumentList(
            table: "subscription", company: try access.company(), state: state?.rawValue, contact: contact)
        let rows = try connection.query(try list.page(page, columns: Self.columns, connection))
        let total = try ListCounts(connection: connection).total(of: list)
        return Listing(items: try rows.map(Self.subscription), total: total)
    }

    func move(
        _ id: Subscription.ID, from: Subscription.State, to: Subscription.State
    ) throws -> Subscription? {
        try connection.query(
            """
            update books.subscription set state = \(to.rawValue), updated_at = clock_timestamp()
            where company_id = \(try access.company()) and id = \(id) and state = \(from.rawValue)
            returning \(fragment: Self.columns)
            """
        ).first.map(Self.subscription)
    }

    private static func subscription(_ row: PostgresRow) throws -> Subscription {
        Subscription(
            id: Subscription.ID(try row.uuid("id")), state: try row.state("state"), name: try row.string("name"),
            content: try DocumentColumns.content(row, hasAddressee: false),
            intervalUnit: try row.state("interval_unit"), intervalCount: try row.int("interval_count"),
            startsOn: try row.day("starts_on"), createdAt: try row.date("created_at"),
            updatedAt: try row.date("updated_at"))
    }
}
