import Domain
import FoundationEssentials
import HTTPTypes
import Workflows

/// `/api/v1/subscriptions`. They feed ARR and make no invoices.
struct SubscriptionAPI: Sendable {
    let useCases: UseCases

    private static let fields =
        DocumentJSON.fields + ["name", "status", "interval_unit", "interval_count", "start_date"]
    /// What can be changed until it is cancelled.
    private static let terms = [
        "name", "lines", "interval_unit", "interval_count", "start_date", "note", "pipedrive_deal_id",
        "pipedrive_lead_id",
    ]

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
        let content = DocumentReading.content(reader, currency: call.company.currency)
        let (name, start) = (reader.requiredText("name"), reader.day("start_date") ?? call.today)
        let (unit, count) = (unit(reader) ?? .month, count(reader) ?? 1)
        let state = DocumentReading.status(reader, as: Subscription.State.self) ?? .active
        try reader.finish()
        guard let content else { throw Refusal(.invalid, "A subscription needs a contact.") }
        let terms = NewSubscription(
            name: name, content: content, intervalUnit: unit, intervalCount: count, startsOn: start, state: state)
        let subscription = try call.books.addSubscription(terms, call.id)
        return .created(try DocumentJSON.value(subscription), at: "subscriptions/\(subscription.id.text)")
    }

    private func change(_ call: APICall) throws -> WebResponse {
        var current = try call.books.subscription(try call.identifier("subscription"), call.id)
        let reader = try FieldReader(body: call.body, allowed: Self.terms + ["status"])
        let state = DocumentReading.status(reader, as: Subscription.State.self)
        let terms = terms(reader, changing: current)
        try reader.finish()
        if Self.terms.contains(where: reader.has) {
            current = try call.books.reviseSubscription(current.id, terms, call.id)
        }
        if let state, state != current.state {
            current = try call.books.moveSubscription(current.id, to: state, call.id)
        }
        return .json(try DocumentJSON.value(current))
    }

    private func terms(_ reader: FieldReader, changing current: Subscription) -> NewSubscription {
        var content = DocumentReading.content(reader, changing: current.content)
        if let binding = DocumentReading.binding(reader, current: content) {
            (content.dealID, content.leadID) = binding
        }
        return NewSubscription(
            name: reader.has("name") ? reader.requiredText("name") : current.name, content: content,
            intervalUnit: unit(reader) ?? current.intervalUnit, intervalCount: count(reader) ?? current.intervalCount,
            startsOn: reader.day("start_date") ?? current.startsOn, state: current.state)
    }

    private func unit(_ reader: FieldReader) -> Subscription.IntervalUnit? {
        reader.word("interval_unit", as: Subscription.IntervalUnit.self)
    }

    private func count(_ reader: FieldReader) -> Int? {
        guard let count = reader.integer("interval_count") else { return nil }
        guard (1...3660).contains(count) else {
            reader.refuse("interval_count", "has to be from 1 to 3660")
            return nil
        }
        return Int(count)
    }
}
