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
        [
            useCases.apiRoute(.get, "subscriptions") { call in
                let page = try ListQuery.strictPage(call.query)
                let listing = try call.books.subscriptions(
                    call.id, state: try call.query.state("status", as: Subscription.State.self),
                    contact: try call.query.contact(), page: page)
                return try .list(listing, page: page) { try DocumentJSON.value($0) }
            },
            useCases.apiRoute(.post, "subscriptions", body: .json) { try create($0) },
            useCases.apiRoute(.get, "subscriptions/{id}") { call in
                let id: Subscription.ID = try call.identifier("subscription")
                return .json(try DocumentJSON.value(try call.books.subscription(id, call.id)))
            },
            useCases.apiRoute(.patch, "subscriptions/{id}", body: .json) { try change($0) },
        ]
    }

    private func create(_ call: APICall) throws -> WebResponse {
        let reader = try FieldReader(body: call.body, allowed: Self.fields)
        let content = DocumentJSON.content(reader, currency: call.company.currency)
        let name = reader.requiredText("name")
        let unit = reader.word("interval_unit", as: Subscription.IntervalUnit.self) ?? .month
        let count = reader.integer("interval_count") ?? 1
        if !(1...3660).contains(count) { reader.refuse("interval_count", "has to be from 1 to 3660") }
        let state = reader.word("status", as: Subscription.State.self) ?? .active
        let start = reader.day("start_date") ?? Self.today(call.call.now)
        try reader.finish()
        guard let content else { throw Refusal(.invalid, "A subscription needs a contact.") }
        let subscription = try call.books.addSubscription(
            NewSubscription(
                name: name, content: content, intervalUnit: unit, intervalCount: Int(count), startsOn: start,
                state: state), call.id)
        return .created(try DocumentJSON.value(subscription), at: "subscriptions/\(subscription.id.text)")
    }

    private func change(_ call: APICall) throws -> WebResponse {
        let id: Subscription.ID = try call.identifier("subscription")
        let reader = try FieldReader(body: call.body, allowed: ["status"])
        let state = reader.word("status", as: Subscription.State.self)
        if state == nil { reader.refuse("status", "is required") }
        try reader.finish()
        let current = try call.books.subscription(id, call.id)
        guard let state, state != current.state else { return .json(try DocumentJSON.value(current)) }
        return .json(try DocumentJSON.value(try call.books.moveSubscription(id, to: state, call.id)))
    }

    private static func today(_ now: Date) -> CalendarDay {
        CalendarDay(dayNumber: Int((now.timeIntervalSince1970 / 86_400).rounded(.down)))
    }
}
