import Domain
import Postgres
import PostgresTestSupport
import Testing

/// The database allows the moves that Domain allows, and no other.
@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct MoveTests {
    /// Every pair of states: whether the table lets a row go from the one to the other.
    private func expect<State: RawRepresentable & CaseIterable & Hashable>(
        _ table: String, _ successors: (State) -> Set<State>, in stores: Stores
    ) throws where State.RawValue == String {
        let connection = try stores.database.connect()
        defer { connection.close() }
        for from in State.allCases {
            for to in State.allCases where to != from {
                // What was paid goes with the state, as other constraints want it.
                func set(_ state: State) -> SQL {
                    table == "invoice"
                        ? """
                        state = \(state.rawValue), paid = case \(state.rawValue) when 'paid' then gross
                            when 'partially_paid' then 1 else 0 end
                        """ : "state = \(state.rawValue)"
                }
                // No trigger fires in a replica's session: so the row is put where it has to start.
                try connection.execute("set session_replication_role = replica")
                try connection.execute("update books.\(unsafe: table) set \(fragment: set(from))")
                try connection.execute("reset session_replication_role")
                var isRefused = false
                do {
                    try connection.execute("update books.\(unsafe: table) set \(fragment: set(to))")
                } catch let error as PostgresError where error.sqlState == "23514" {
                    isRefused = true
                }
                #expect(isRefused != successors(from).contains(to), "\(table): \(from) to \(to)")
            }
        }
    }

    @Test func `illegal moves are refused by the tables themselves`() throws {
        try withStores { stores throws in
            try stores.web { transaction throws in
                let contact = try transaction.addContact()
                _ = try transaction.addQuote(for: contact)
                _ = try transaction.addInvoice(for: contact)
                _ = try transaction.addSubscription(for: contact)
            }
            try expect("quote", \Quote.State.successors, in: stores)
            try expect("invoice", \Invoice.State.successors, in: stores)
            try expect("subscription", \Subscription.State.successors, in: stores)
        }
    }
}
