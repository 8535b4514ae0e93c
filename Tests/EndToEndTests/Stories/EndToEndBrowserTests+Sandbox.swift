import Foundation
import Testing

/// The sandbox's own pages in a real browser, as one who shows the product uses them.
extension EndToEndBrowserTests {
    @Test func `a deal is dragged by mouse, moved by buttons, and its feed grows by itself`() async throws {
        try await Chromium.lend(in: installation) { try await movesDeal($0) }
    }

    private func movesDeal(_ browser: Chromium) async throws {
        let sandbox = installation.sandbox
        try await browser.resize(width: 1280)
        let deal =
            try await sandbox.control(
                "POST", "deals", ["title": "Sleep mij", "pipeline_id": 1, "stage_id": 1])["data"]["id"].whole ?? 0
        let card = "#deal-\(deal)"
        try await browser.open("\(sandbox.origin)/")
        try await browser.drag("\(card) b", to: ".column[data-stage='3']")
        try await stands(browser, card, in: 3)
        try await browser.click("\(card) .step[value='4']")
        try await stands(browser, card, in: 4)
        try await browser.click("\(card) .step[value='3']")
        try await stands(browser, card, in: 3)
        try await choosesFromList(browser, card)

        try await browser.open("\(sandbox.origin)/deal/\(deal)")
        #expect(try await browser.text().contains("No notes yet."))
        _ = try await sandbox.control(
            "POST", "notes", ["deal_id": .number(Decimal(deal)), "content": "Vanzelf gekomen"])
        try await installation.until("the note without a reload") {
            try await browser.text().contains("Vanzelf gekomen")
        }
        try await browser.click("button[value=won]")
        try await installation.until("the deal is won") { try await browser.text().contains("Reopen") }
        try await staysReadableInTheDark(browser)
        try await fits(
            browser,
            [
                "/", "/deal/\(deal)", "/deal/1", "/person/1", "/organization/1", "/persons", "/organizations",
                "/products", "/marketplace", "/traffic", "/model",
            ], at: sandbox.origin)
        #expect(try await browser.complaints() == [])
    }

    /// The list on the card is for those who neither drag nor step.
    private func choosesFromList(_ browser: Chromium, _ card: String) async throws {
        _ = try await browser.run(
            """
            const list = document.querySelector("\(card) select");
            list.value = "5";
            list.dispatchEvent(new Event("change", { bubbles: true }));
            """)
        try await stands(browser, card, in: 5)
    }

    private func stands(_ browser: Chromium, _ card: String, in stage: Int) async throws {
        try await installation.until("\(card) in stage \(stage)") {
            try await browser.run(
                "return document.querySelector(\"\(card)\")?.closest('.column')?.dataset.stage ?? ''"
            )
            .text == String(stage)
        }
    }

    /// Turns the page dark by its button and compares the brightness of text and ground.
    private func staysReadableInTheDark(_ browser: Chromium) async throws {
        try await browser.click("button.theme")
        let levels = try await browser.run(
            """
            const level = text => text.match(/\\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0);
            const card = getComputedStyle(document.querySelector(".panel"));
            return [level(card.color), level(card.backgroundColor)];
            """
        ).items.compactMap(\.whole)
        #expect(levels.count == 2 && levels[0] > levels[1] + 300, "\(levels)")
    }
}
