import Domain
import DomainTestSupport
import FoundationEssentials
import Testing
import Workflows

struct EventRoutingTests {
    private let office = Office.connected()

    /// Routes what waits, and says what became of the event.
    private func route(_ id: BookEvent.ID) throws -> String? {
        _ = try office.eventRouting.route(office.company)
        return office.messages(.event).last { $0.new.subject == id.text }?.reason
    }

    @Test func `an event of a deal's quote becomes a note in the deal's lane, once`() throws {
        let event = try office.quoteEvent()
        #expect(try route(event) == "The note is queued")
        _ = try route(event)
        #expect(office.messages(.note).map(\.new.lane) == ["deal:7"])
        #expect(office.messages(.note).map(\.new.subject) == [event.text])
    }

    @Test func `an event that is switched off becomes none`() throws {
        office.storage.tenant.settings.forwardedEvents.remove(.quoteSent)
        #expect(try route(try office.quoteEvent()) == "Switched off")
        #expect(office.messages(.note).isEmpty)
    }

    @Test func `an event without a deal becomes none`() throws {
        #expect(try route(try office.quoteEvent(dealID: nil)) == "No deal is linked")
        #expect(office.messages(.note).isEmpty)
    }

    @Test func `a lead has its own lane`() throws {
        let contact = try office.contact()
        office.storage.tenant.invoices = [
            .fixture(state: .sent, content: .fixture(contactID: contact.id, leadID: "lead-1"))
        ]
        let event = try office.storage.transaction(.web(office.company)) {
            try $0.events.append(.invoiceSent, subject: UUID.numbered(40))
        }
        #expect(try route(event) == "The note is queued")
        #expect(office.messages(.note).map(\.new.lane) == ["lead:lead-1"])
    }

    @Test func `without a connection nothing is queued, before a reconnect it is`() throws {
        let event = try office.quoteEvent()
        office.storage.connect(.fixture(state: .disconnected))
        #expect(try route(event) == "Not connected")
        office.storage.connect(.fixture(state: .reconnect))
        #expect(try route(try office.quoteEvent()) == "The note is queued")
    }

    @Test func `what names no event, or none that is forwarded, becomes none`() throws {
        let contact = try office.books.addContact(.fixture(), office.company)
        let event = try #require(office.storage.tenant.events.first { $0.subjectID == contact.id.rawValue })
        #expect(try route(event.id) == "Not forwarded")
        try office.queue(.event, "x")
        try office.queue(.event, BookEvent.ID.numbered(9999).text)
        #expect(try office.eventRouting.route(office.company) == 2)
        #expect(office.messages(.event).suffix(2).allSatisfy { $0.reason == "No such event" && $0.state == .completed })
        #expect(office.messages(.note).isEmpty)
    }

    @Test func `a batch ends at its limit, and the rest follows in order`() throws {
        let events = try (0..<5).map { _ in try office.quoteEvent() }
        #expect(try office.eventRouting.route(office.company, limit: 3) == 3)
        #expect(try office.eventRouting.route(office.company, limit: 3) == 2)
        #expect(try office.eventRouting.route(office.company, limit: 3) == 0)
        #expect(office.messages(.note).map(\.new.subject) == events.map(\.text))
    }
}

struct NoteDeliveryTests {
    private let office = Office.connected()

    private func deliver(_ event: BookEvent.ID, isUnclear: Bool = false) async -> DeliveryResult {
        await office.delivered(.fixture(subject: event.text, hasUnclearAttempt: isUnclear))
    }

    @Test func `a note is posted in the deal, with the link and the reference`() async throws {
        let event = try office.quoteEvent()
        #expect(await deliver(event) == .completed(note: "note 1"))
        let note = try #require(office.pipedrive.notes.first)
        #expect(note.target == .deal(Deal.ID(7)))
        #expect(note.html.hasPrefix("📧 Quote sent<br><b>Q2026-0001</b> · € 121,00<br>Anna de Vries<br>"))
        let quote = try #require(office.storage.tenant.quotes.first)
        #expect(note.html.contains("<a href=\"https://paydock.example/quotes/\(quote.id.text)\">Open quote</a>"))
        #expect(!note.html.contains(quote.publicToken))
        #expect(note.html.hasSuffix("\(EventReference(event))"))
        #expect(office.pipedrive.calls == ["postNote"])
    }

    @Test func `after an unclear attempt that did post, nothing is posted again`() async throws {
        let event = try office.quoteEvent()
        office.pipedrive.edit {
            $0.failures["postNote"] = [.timeOut]
            $0.postsDespiteFailure = true
        }
        guard case .failed(_, _, isUnclear: true) = await deliver(event) else {
            Issue.record("The time-out was not unclear")
            return
        }
        #expect(await deliver(event, isUnclear: true) == .completed(note: "note 1"))
        #expect(office.pipedrive.notes.count == 1)
        #expect(office.pipedrive.calls == ["postNote", "findNote \(EventReference(event))"])
    }

    @Test func `after an unclear attempt that did not post, it is posted`() async throws {
        let event = try office.quoteEvent()
        #expect(await deliver(event, isUnclear: true).isCompleted)
        #expect(office.pipedrive.count("findNote") == 1)
        #expect(office.pipedrive.notes.count == 1)
    }

    @Test func `a search that fails posts nothing`() async throws {
        let event = try office.quoteEvent()
        office.pipedrive.edit { $0.failures["findNote"] = [.serverError] }
        guard case .failed = await deliver(event, isUnclear: true) else {
            Issue.record("It did not fail")
            return
        }
        #expect(office.pipedrive.notes.isEmpty)
    }

    @Test func `a worker whose lease has too little left posts nothing, and loses no attempt`() async throws {
        let event = try office.quoteEvent()
        let result = await office.delivered(.fixture(subject: event.text), leaseSeconds: RetryPolicy.requestSeconds)
        #expect(result == .snoozed(seconds: 0, reason: "The lease had too little left to post"))
        #expect(office.pipedrive.notes.isEmpty && office.pipedrive.calls.isEmpty)
    }

    @Test func `a note that may not begin any more when it gets its slot is neither sent nor reported`() async throws {
        let event = try office.quoteEvent()
        let slots = DeliverySlots(messages: 1, perCompany: 1)
        await office.notes.deliver(
            [(.fixture(subject: event.text), Lease(seconds: 100_000))], company: office.company, slots: slots,
            begins: { _ in false }, report: { message, _, _ in Issue.record("\(message.id) was reported") })
        #expect(office.pipedrive.calls.isEmpty)
        // Its slot is free again.
        await office.notes.deliver(
            [(.fixture(subject: event.text), Lease(seconds: 100_000))], company: office.company, slots: slots,
            report: { _, _, _ in })
        #expect(office.pipedrive.notes.count == 1)
    }

    @Test func `a note that is not found is not posted before its time`() async throws {
        let event = try office.quoteEvent()
        let message = OutboxMessage.fixture(subject: event.text, hasUnclearAttempt: true, repeatSeconds: 12.3)
        guard case .snoozed(13, _) = await office.delivered(message) else {
            Issue.record("It did not wait")
            return
        }
        #expect(office.pipedrive.calls == ["findNote \(EventReference(event))"])
    }

    @Test func `a look before its time that fails costs no attempt, and gives nothing up`() async throws {
        let event = try office.quoteEvent()
        for attempt in [2, 7] {
            office.pipedrive.edit { $0.failures["findNote"] = [.serverError] }
            let message = OutboxMessage.fixture(
                subject: event.text, attempt: attempt, hasUnclearAttempt: true, repeatSeconds: 12.3)
            guard case .snoozed(13, _) = await office.delivered(message) else {
                Issue.record("Attempt \(attempt) did not wait for its time")
                continue
            }
            guard case .snoozed(13, _) = await office.delivered(message) else {
                Issue.record("Attempt \(attempt), not found, did not wait for its time")
                continue
            }
        }
        #expect(office.pipedrive.notes.isEmpty)
    }

    @Test func `after the last attempt the note is looked for once more, and never posted`() async throws {
        let event = try office.quoteEvent()
        #expect(await office.delivered(.fixture(subject: event.text, attempt: 7, hasUnclearAttempt: true)).isDiscarded)
        office.pipedrive.edit { $0.failures["findNote"] = [.serverError] }
        guard case .snoozed = await office.delivered(.fixture(subject: event.text, attempt: 7)) else {
            Issue.record("A search that failed gave it up")
            return
        }
        #expect(office.pipedrive.count("postNote") == 0)
    }

    @Test func `a switch that was turned off counts for what already waits`() async throws {
        let event = try office.quoteEvent()
        office.storage.tenant.settings.forwardedEvents.remove(.quoteSent)
        #expect(await deliver(event) == .cancelled(reason: "Switched off"))
        #expect(office.pipedrive.calls.isEmpty)
    }

    @Test func `a lead's note follows it to the deal that it became`() async throws {
        let contact = try office.contact()
        office.storage.tenant.invoices = [
            .fixture(state: .sent, content: .fixture(contactID: contact.id, leadID: "lead-1"))
        ]
        let event = try office.storage.transaction(.web(office.company)) {
            try $0.events.append(.invoiceSent, subject: UUID.numbered(40))
        }
        #expect(await deliver(event).isCompleted)
        office.pipedrive.edit { $0.leads["lead-1"] = .deal(Deal.ID(9)) }
        #expect(await deliver(event).isCompleted)
        #expect(office.pipedrive.notes.map(\.target) == [.lead("lead-1"), .deal(Deal.ID(9))])
        office.pipedrive.edit { $0.leads["lead-1"] = .some(nil) }
        #expect(await deliver(event).isDiscarded)
    }

    @Test func `a test note needs no event`() async throws {
        let note = TestNote(deal: Deal.ID(7), id: .numbered(1))
        #expect(await office.delivered(.fixture(subject: note.subject)).isCompleted)
        #expect(office.pipedrive.notes.first?.html.contains("\(note.reference)") == true)
    }

    @Test func `a note without its deal or its document is not posted`() async throws {
        let event = try office.quoteEvent()
        office.storage.tenant.quotes = office.storage.tenant.quotes.map { .fixture(id: $0.id, content: .fixture()) }
        #expect(await deliver(event) == .cancelled(reason: "No deal is linked any more"))
        office.storage.tenant.quotes = []
        #expect(await deliver(event).isDiscarded)
        #expect(await deliver(.numbered(9999)).isDiscarded)
        #expect(office.pipedrive.calls.isEmpty)
    }
}

struct DeliveryResultTests {
    private let office = Office.connected()

    @Test(arguments: [
        (CRMFailure.unauthorized, DeliveryResult.snoozed(seconds: 60, reason: "The token was refused (HTTP 401)")),
        (.refusedGrant, .snoozed(seconds: 60, reason: "The grant is no good (HTTP 400)")),
        (CRMFailure(.wait(seconds: 7), status: 429, reason: "Slow"), .snoozed(seconds: 7, reason: "Slow (HTTP 429)")),
        (CRMFailure(.wait(seconds: 0), status: 429, reason: "Slow"), .snoozed(seconds: 1, reason: "Slow (HTTP 429)")),
        (CRMFailure(.wait(seconds: nil), status: 402, reason: "Pay"), .snoozed(seconds: 60, reason: "Pay (HTTP 402)")),
        (.notFound, .discarded(reason: "Not there (HTTP 404)")),
        (.serverError, .failed(reason: "Not available (HTTP 503)", retryAfterSeconds: nil, isUnclear: false)),
        (.timeOut, .failed(reason: "No answer in time", retryAfterSeconds: nil, isUnclear: true)),
        (
            CRMFailure(.transient(mayHaveTakenEffect: false, retryAfterSeconds: 99), reason: "Later"),
            .failed(reason: "Later", retryAfterSeconds: 99, isUnclear: false)
        ),
    ])
    func `each answer has its result`(_ failure: CRMFailure, _ expected: DeliveryResult) async throws {
        let event = try office.quoteEvent()
        office.pipedrive.edit { $0.failures["postNote"] = [failure, failure] }
        #expect(await office.delivered(.fixture(subject: event.text)) == expected)
    }

    @Test func `a message that can never work is discarded, a database that is down is tried again`() async {
        for kind in [OutboxMessage.Kind.webhook, .note, .draft, .record, .sync, .refresh] {
            #expect(await office.delivered(.fixture(kind: kind, subject: "nonsense")).isDiscarded, "\(kind)")
        }
        office.storage.edit { $0.isDown = true }
        guard case .failed(_, _, isUnclear: true) = await office.delivered(.fixture(kind: .webhook, subject: "1"))
        else {
            Issue.record("It was not tried again")
            return
        }
    }

    @Test func `without a live connection a message waits at no cost`() async throws {
        let event = try office.quoteEvent()
        office.storage.connect(.fixture(state: .reconnect))
        guard case .snoozed(60, _) = await office.delivered(.fixture(subject: event.text)) else {
            Issue.record("It did not wait")
            return
        }
        #expect(office.pipedrive.calls.isEmpty)
    }
}
