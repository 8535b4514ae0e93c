import Domain
import Testing

struct StateTests {
    @Test func `a quote moves by this table and no other way`() {
        let legal: Set<[Quote.State]> = [
            [.concept, .sent], [.sent, .viewed], [.sent, .accepted], [.sent, .declined], [.sent, .expired],
            [.viewed, .accepted], [.viewed, .declined], [.viewed, .expired],
        ]
        for from in Quote.State.allCases {
            for to in Quote.State.allCases {
                #expect(from.successors.contains(to) == legal.contains([from, to]), "\(from) to \(to)")
            }
        }
    }

    @Test func `an invoice moves by this table and no other way`() {
        let legal: Set<[Invoice.State]> = [
            [.concept, .sent], [.sent, .partiallyPaid], [.sent, .paid], [.sent, .credited],
            [.partiallyPaid, .paid], [.partiallyPaid, .credited], [.paid, .credited],
        ]
        for from in Invoice.State.allCases {
            for to in Invoice.State.allCases {
                #expect(from.successors.contains(to) == legal.contains([from, to]), "\(from) to \(to)")
            }
        }
    }

    @Test func `a subscription moves by this table and no other way`() {
        let legal: Set<[Subscription.State]> = [
            [.concept, .active], [.concept, .cancelled], [.active, .paused], [.active, .cancelled],
            [.paused, .active], [.paused, .cancelled],
        ]
        for from in Subscription.State.allCases {
            for to in Subscription.State.allCases {
                #expect(from.successors.contains(to) == legal.contains([from, to]), "\(from) to \(to)")
            }
        }
    }

    @Test func `the words in the database hold still`() {
        #expect(
            Quote.State.allCases.map(\.rawValue) == ["concept", "sent", "viewed", "accepted", "declined", "expired"])
        #expect(Invoice.State.allCases.map(\.rawValue) == ["concept", "sent", "partially_paid", "paid", "credited"])
        #expect(
            OutboxMessage.State.allCases.map(\.rawValue) == [
                "available", "scheduled", "running", "retryable", "completed", "discarded", "cancelled",
            ])
        #expect(SyncDirection.allCases.map(\.rawValue) == ["pull", "push", "both", "only_new"])
        #expect(
            BookEvent.Kind.forwarded.map(\.rawValue) == [
                "quote.sent", "quote.viewed", "quote.accepted", "invoice.sent", "invoice.paid", "invoice.overdue",
            ])
    }
}
