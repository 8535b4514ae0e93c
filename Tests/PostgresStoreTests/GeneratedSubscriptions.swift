import Domain
import FoundationEssentials
import Postgres
import PostgresStore
import Testing

/// Subscriptions of generated customers, in all intervals and with all kinds of lines, made through the store; and what
/// each is worth in a year, computed from its lines in plain SQL.
struct GeneratedSubscriptions {
    private let stores: Stores

    init(_ stores: Stores) {
        self.stores = stores
    }

    /// Spreads so many over the customers of `public.customer`.
    func add(count: Int) throws {
        let customers = try stores.raw("select company_id, id from public.customer order by position").map {
            (company: Company.ID(try $0.uuid("company_id")), contact: Contact.ID(try $0.uuid("id")))
        }
        let companies = Dictionary(grouping: 0..<count) { customers[$0 * 104_729 % customers.count].company }
        for (company, numbers) in companies {
            try stores.web(company) { transaction in
                for number in numbers {
                    let contact = customers[number * 104_729 % customers.count].contact
                    _ = try transaction.subscriptions.insert(Self.subscription(number, for: contact))
                }
            }
        }
    }

    private static func subscription(_ number: Int, for contact: Contact.ID) -> NewSubscription {
        let states: [Subscription.State] = [.concept, .active, .active, .paused, .cancelled]
        let units = Subscription.IntervalUnit.allCases
        let lines = (0...number % 3).map { line(number * 3 + $0) }
        return NewSubscription(
            name: "S\(number)",
            content: DocumentContent(
                contactID: contact, currency: number.isMultiple(of: 3) ? .usd : .eur, lines: lines),
            intervalUnit: units[number / 7 % units.count], intervalCount: 1 + number % 5, startsOn: .someday,
            state: states[number % states.count])
    }

    private static func line(_ number: Int) -> DocumentLine {
        let discounts: [Discount] = [
            .none, .percentage(Percentage(basisPoints: 1_250)), .amount(Int64(number % 900)),
            .percentage(Percentage(basisPoints: 3_333)), .amount(1_000_000_000),
        ]
        let methods = TaxMethod.allCases
        return DocumentLine(
            description: "Line \(number)", quantity: Quantity(tenThousandths: Int64(1 + number * 7_919 % 40_000)),
            unitPrice: Int64(1 + number * 31_337 % 250_000), taxMethod: methods[number / 2 % methods.count],
            tax: Percentage(basisPoints: [2_100, 900, 0][number % 3]), discount: discounts[number % discounts.count])
    }

    /// Rounded as on paper: each line, then the tax inside the prices once per rate, then the year.
    static let oracle: SQL = """
        select s.company_id, s.contact_id, s.currency, s.state, round((
            select sum(r.exclusive + r.inclusive - round(r.inclusive * r.rate / (10000 + r.rate))) from (
                select rate, coalesce(sum(amount) filter (where method <> 'inclusive'), 0) as exclusive,
                    coalesce(sum(amount) filter (where method = 'inclusive'), 0) as inclusive
                from (
                    select l ->> 'tax_method' as method,
                        case l ->> 'tax_method' when 'none' then 0 else (l ->> 'tax_basis_points')::numeric end as rate,
                        case
                            when l ? 'discount_basis_points'
                            then round(p.price * (10000 - (l ->> 'discount_basis_points')::numeric) / 10000)
                            when l ? 'discount_minor'
                            then greatest(0, round(p.price) - (l ->> 'discount_minor')::numeric)
                            else round(p.price)
                        end as amount
                    from jsonb_array_elements(s.lines) l
                    cross join lateral (
                        select (l ->> 'quantity_ten_thousandths')::numeric * (l ->> 'unit_price_minor')::numeric
                            / 10000 as price) p
                ) line
                group by rate) r
            ) * case s.interval_unit
                when 'day' then 365 when 'week' then 52 when 'month' then 12 when 'quarter' then 4 when 'year' then 1
            end / s.interval_count) as arr
        from books.subscription s
        """
}
