import Domain
import FoundationEssentials
import HTTPTypes
import Workflows

/// `/api/v1/subscriptions`. They feed ARR and make no invoices.
struct SubscriptionAPI: Sendable {
    let useCases: UseCases

    private static let fields =
        DocumentJSON.fields + ["name", "status", "interval_unit", "interval_count", "start_date"]

    var routes: [Route] {
        let books = useCases.apiBooks
        return [
            useCases.apiRoute(.get, "subscriptions") { call, company in
                let page = try ListQuery.strictPage(call.query)
                let listing = try books.subscriptions(
                    company, state: try call.query.state("status", as: Subscription.State.self),
                    contact: try call.query.contact(), page: page)
                return try .list(listing, page: page) { try DocumentJSON.value($0) }
            },
            useCases.apiRoute(.post, "subscriptions", body: .json) { try create($0, $1) },
            useCases.apiRoute(.get, "subscriptions/{id}") { call, company in
                let id: Subscription.ID = try call.identifier("id", of: "subscription")
                return .json(try DocumentJSON.value(try books.subscription(id, company)))
            },
            useCases.apiRoute(.patch, "subscriptions/{id}", body: .json) { try change($0, $1) },
        ]
    }

    private func create(_ call: Call, _ company: Company.ID) throws -> WebResponse {
        let reader = try FieldReader(body: call.request.body, allowed: Self.fields)
        let content = DocumentJSON.content(reader, currency: try useCases.apiCompany(company).currency)
        let name = reader.requiredText("name")
        let unit = reader.word("interval_unit", as: Subscription.IntervalUnit.self) ?? .month
        let count = reader.integer("interval_count") ?? 1
        if !(1...3660).contains(count) { reader.refuse("interval_count", "has to be from 1 to 3660") }
        let state = reader.word("status", as: Subscription.State.self) ?? .active
        let start = reader.day("start_date") ?? Self.today(call.now)
        try reader.finish()
        guard let content else { throw Refusal(.invalid, "A subscription needs a contact.") }
        let subscription = try useCases.apiBooks.addSubscription(
            NewSubscription(
                name: name, content: content, intervalUnit: unit, intervalCount: Int(count), startsOn: start,
                state: state), company)
        return .created(try DocumentJSON.value(subscription), at: "subscriptions/\(subscription.id.text)")
    }

    private func change(_ call: Call, _ company: Company.ID) throws -> WebResponse {
        let id: Subscription.ID = try call.identifier("id", of: "subscription")
        let reader = try FieldReader(body: call.request.body, allowed: ["status"])
        let state = reader.word("status", as: Subscription.State.self)
        if state == nil { reader.refuse("status", "is required") }
        try reader.finish()
        let current = try useCases.apiBooks.subscription(id, company)
        guard let state, state != current.state else { return .json(try DocumentJSON.value(current)) }
        return .json(try DocumentJSON.value(try useCases.apiBooks.moveSubscription(id, to: state, company)))
    }

    private static func today(_ now: Date) -> CalendarDay {
        CalendarDay(dayNumber: Int((now.timeIntervalSince1970 / 86_400).rounded(.down)))
    }
}
