import Foundation
import Testing

/// From the quote to the money, with a note in the deal at every step.
extension EndToEndStoryTests {
    func earns(_ tenant: Tenant, _ expected: ExpectedQuote) async throws {
        let sandbox = installation.sandbox
        let id = expected.deal["id"].whole ?? 0
        let before = try await sandbox.notes(deal: id).count
        let quote = try (try await tenant.list("quotes").first { $0["pipedrive_deal_id"].whole == id })
            .orFail("Deal \(id) has no quote")
        let publicQuote = try await sendsQuote(tenant, quote)
        try await accepts(publicQuote, expected)
        let invoice = try await makesInvoice(tenant, quote, expected)
        try await showsOpen(expected, invoice)
        try await getsPaid(tenant, invoice, expected)
        let notes = try await installation.until("five notes in deal \(id)") {
            let notes = try await sandbox.notes(deal: id).dropFirst(before)
            return notes.count >= 5 ? Array(notes) : nil
        }
        try await installation.until("nothing is left to do") { try installation.unfinished() == 0 }
        #expect(try await sandbox.notes(deal: id).count == before + 5, "each note once")
        try compare(
            notes, quote: "\(installation.origin)/quotes/\(quote["id"].text ?? "")",
            invoice: "\(installation.origin)/invoices/\(invoice["id"].text ?? "")")
        try await showsPaid(expected, invoice)
    }

    private func sendsQuote(_ tenant: Tenant, _ quote: JSON) async throws -> String {
        let path = "/quotes/\(quote["id"].text ?? "")"
        let concept = try await tenant.browser.page(path)
        #expect(concept.contains("pipedrive:deal:"))
        let sent = try await tenant.browser.submitted(concept, "\(path)/send")
        let address = try quote["public_url"].text.orFail("The quote has no public_url")
        #expect(sent.contains(address))
        // The maker's own look is not the customer's.
        #expect(try await tenant.browser.page(address).contains("Accept"))
        #expect(try await tenant.api("GET", "quotes/\(quote["id"].text ?? "")")["status"] == "sent")
        return address
    }

    private func accepts(_ address: String, _ expected: ExpectedQuote) async throws {
        let customer = Visitor(installation.origin)
        let page = try await customer.page(address)
        #expect(page.contains(Self.shown(expected.gross)))
        let path = String(address.dropFirst(installation.origin.count))
        let accepted = try await customer.submitted(
            page, "\(path)/accept", [("name", "Anna de Vries"), ("email", "anna@example.nl")])
        #expect(accepted.contains("You accepted this quote"))
        #expect(!accepted.contains("\(path)/accept"))
    }

    private func makesInvoice(_ tenant: Tenant, _ quote: JSON, _ expected: ExpectedQuote) async throws -> JSON {
        let path = "/quotes/\(quote["id"].text ?? "")"
        let accepted = try await tenant.browser.page(path)
        _ = try await tenant.browser.submitted(accepted, "\(path)/invoice")
        let invoice = try (try await tenant.list("invoices").first { $0["quote_id"] == quote["id"] })
            .orFail("The quote has no invoice")
        #expect(invoice["totals"]["gross"].number == expected.gross)
        #expect(invoice["lines"].items.map(ExpectedQuote.Line.init(api:)) == expected.lines)
        let invoicePath = "/invoices/\(invoice["id"].text ?? "")"
        let concept = try await tenant.browser.page(invoicePath)
        let sent = try await tenant.browser.submitted(concept, "\(invoicePath)/send")
        #expect(sent.contains("Register payment"))
        return invoice
    }

    private func getsPaid(_ tenant: Tenant, _ invoice: JSON, _ expected: ExpectedQuote) async throws {
        let path = "/invoices/\(invoice["id"].text ?? "")"
        // The form comes with what is still due.
        let paid = try await tenant.browser.submitted(
            try await tenant.browser.page(path), "\(path)/payments", [])
        #expect(!paid.contains("Register payment"))
        let now = try await tenant.api("GET", "invoices/\(invoice["id"].text ?? "")")
        #expect(now["status"] == "paid")
        #expect(now["paid_amount"].number == expected.gross && now["due_amount"].number == 0)
    }

    /// The exact texts in the order of the events, each with its own reference and a link to the page behind the login: a
    /// colleague's click is not the customer's view.
    private func compare(_ notes: [JSON], quote: String, invoice: String) throws {
        let texts = [
            "📧 Quote sent", "👁️ Quote viewed", "Quote accepted", "📨 Invoice sent", "💰 Payment received",
        ]
        let contents = notes.compactMap { $0["content"].text }
        #expect(contents.count == texts.count)
        for (content, (text, place)) in zip(contents, zip(texts, [quote, quote, quote, invoice, invoice])) {
            #expect(content.hasPrefix(text), "\(content)")
            #expect(content.contains("href=\"\(place)\""), "\(content)")
        }
        let references = contents.compactMap {
            $0.firstMatch(of: #/Ref [0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}/#)?.output
        }
        #expect(Set(references).count == texts.count, "\(references)")
    }

    // MARK: The panel

    private func figures(_ expected: ExpectedQuote) async throws -> JSON {
        let query = "resource=deal&view=details&userId=1&companyId=7701&selectedIds=\(expected.deal["id"].whole ?? 0)"
        #expect(try await installation.panel(query, password: "wrong").status == 401)
        let answer = try await installation.panel(query)
        #expect(answer.status == 200)
        let objects = try answer.json()["data"].items
        return try objects.first { $0["revenue"]["code"] == "EUR" }.orFail("No figures in EUR: \(answer.text)")
    }

    private func showsOpen(_ expected: ExpectedQuote, _ invoice: JSON) async throws {
        let figures = try await figures(expected)
        #expect(figures["open_invoices"] == 1)
        #expect(figures["open_total"]["value"].number == expected.gross)
        #expect(figures["revenue"]["value"] == 0)
        #expect(figures["overdue"]["value"] == 0)
    }

    private func showsPaid(_ expected: ExpectedQuote, _ invoice: JSON) async throws {
        let figures = try await figures(expected)
        #expect(figures["open_invoices"] == 0)
        #expect(figures["open_total"]["value"] == 0)
        #expect(figures["revenue"]["value"].number == expected.gross)
        #expect(figures["arr"]["value"] == 0)
        let deal = try await HTTP.send("GET", "\(installation.sandbox.origin)/deal/\(expected.deal["id"].whole ?? 0)")
            .text
        #expect(deal.contains(Self.shown(expected.gross)), "Pipedrive's deal page shows the figures")
        #expect(deal.contains("💰 Payment received"))
    }

    /// `€ 1.234,50`
    static func shown(_ amount: Decimal) -> String {
        let cents = NSDecimalNumber(decimal: amount * 100).intValue
        var whole = String(cents / 100)
        var groups: [String] = []
        while whole.count > 3 {
            groups.insert(String(whole.suffix(3)), at: 0)
            whole = String(whole.dropLast(3))
        }
        let fraction = String(cents % 100 + 100).dropFirst()
        return "€ " + ([whole] + groups).joined(separator: ".") + "," + fraction
    }
}
