import Domain
import FoundationEssentials
import Testing

@Suite struct TroubleTests {
    @Test func `each tab says how much waits for a decision, and leads there`() async throws {
        let site = Site()
        site.tables.attention = [
            AttentionRecord(kind: .person, recordID: 7, name: "<b>Anna</b>", reason: "More than one contact fits.")
        ]
        for tab in ["sync", "triggers", "events", "logs"] {
            let page = await site.get("/apps/pipedrive?tab=\(tab)").text
            #expect(page.contains("<a href=\"/apps/pipedrive/attention\">One record needs your attention</a>"))
        }
    }

    @Test func `a delivery that was given up can be retried from the logs tab`() async throws {
        let site = Site()
        site.tables.troubled = [
            MessageRecord(
                id: OutboxMessage.ID(42), companyID: site.tables.company.id, kind: .note, subject: "x",
                state: .discarded, attemptCount: 6, reason: "The deal is gone (HTTP 404)", createdAt: site.tables.now,
                dueAt: site.tables.now)
        ]
        let page = await site.get("/apps/pipedrive?tab=logs").text
        #expect(page.contains("Note in a deal"))
        #expect(page.contains("Given up"))
        #expect(page.contains("The deal is gone (HTTP 404)"))
        #expect(page.contains("action=\"/apps/pipedrive/messages/42/retry\""))
        #expect(await site.submit("/apps/pipedrive/messages/42/retry", "").status == 303)
        #expect(await site.submit("/apps/pipedrive/messages/43/retry", "").status == 404)
    }
}
