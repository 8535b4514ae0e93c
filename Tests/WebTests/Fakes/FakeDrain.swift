import Domain

/// The drainer's side of the queue, which the web side never calls, and its figures, set by a test.
struct FakeDrain: DrainStore, DrainerStore, CallBudgetStore, QueueHealth, RetentionStore {
    let tables: Tables

    func companiesWithEvents(limit: Int) throws -> [Company.ID] { throw NotServed() }
    func takeEvents(limit: Int) throws -> [TakenEvent] { throw NotServed() }
    func settle(_ events: [RoutedEvent]) throws { throw NotServed() }
    func claim(_ request: ClaimRequest) throws -> [OutboxMessage] { throw NotServed() }
    func finish(_ attempts: [FinishedAttempt], worker: String) throws -> Set<OutboxMessage.ID> { throw NotServed() }
    func renew(_ messages: [OutboxMessage], worker: String, seconds: Double) throws -> Set<OutboxMessage.ID> {
        throw NotServed()
    }
    func rescue(worker: String, repeatSeconds: Double, backSeconds: Double?) throws -> Int { throw NotServed() }
    func checkIn(worker: String, held: Int, hears: Bool) throws { throw NotServed() }
    func idle(worker: String, held: Int, seconds: Double, hears: Bool) throws -> Double? { throw NotServed() }
    func checkOut(worker: String) throws { throw NotServed() }
    func raiseFloors() throws { throw NotServed() }
    func take(calls: Int, spent tokens: Int, as urgency: CallUrgency, reading: BudgetReading) throws -> CallSlice {
        throw NotServed()
    }
    func forget(limit: Int) throws -> Int { throw NotServed() }
    func noteFigures() throws -> NoteFigures { tables.noteFigures }
    func heldConnections() throws -> [HeldConnection] { tables.heldConnections }
    func drainers() throws -> [LiveDrainer] { tables.drainers }
    func rates() throws -> [FinishRate] { tables.rates }
}
