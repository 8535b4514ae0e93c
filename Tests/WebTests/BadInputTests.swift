import Domain
import HTTPTypes
import Testing

@testable import Web

/// What must not be taken, however it is written: a 4xx that names the field, and nothing stored.
struct BadInputTests {
    private static let contact = "00000000-0000-0000-0000-000000000001"

    private func refused(
        _ path: String, _ body: String, _ field: String, location: SourceLocation = #_sourceLocation
    ) async throws {
        let site = Site()
        #expect(site.tables.addContact("Acme").id.text == Self.contact)
        let answer = await site.api(.post, path, body)
        #expect((400..<500).contains(answer.status), "\(answer.text)", sourceLocation: location)
        let fields = try JSONValue.read(answer.body)["error"]?["fields"]?.members.map(\.name) ?? []
        #expect(fields.contains(field), "\(answer.text)", sourceLocation: location)
        let kept = site.tables.quotes.count + site.tables.invoices.count + site.tables.subscriptions.count
        #expect(kept == 0 && site.tables.contacts.count == 1 && site.tables.products.isEmpty, sourceLocation: location)
        #expect(site.tables.events.isEmpty, sourceLocation: location)
    }

    /// An invoice with one line that has these members beside its description.
    private static func invoice(_ line: String, _ more: String = "") -> String {
        #"{"contact_id":"\#(contact)","lines":[{"description":"A",\#(line)}]\#(more)}"#
    }

    @Test(arguments: [
        (#"{"name":7}"#, "name"), (#"{"name":"A","emails":"a@b.nl"}"#, "emails"),
        (#"{"name":"A","emails":[7]}"#, "emails"), (#"{"name":"A","address":"Dam 1"}"#, "address"),
        (#"{"name":"A","kind":"robot"}"#, "kind"), (#"{"name":"A","organization_id":"x"}"#, "organization_id"),
        (#"{"name":"A","id":"x"}"#, "id"), (#"{"name":"\u0000"}"#, "name"), (#"{"name":null}"#, "name"),
        (#"{"name":"A","phones":["\u0000"]}"#, "phones"), (#"{"name":"A","phones":[null]}"#, "phones"),
        (#"{"name":"A","address":{"city":"\u0000"}}"#, "address.city"),
    ])
    func `wrong types, unknown fields and NUL bytes of a contact`(body: String, field: String) async throws {
        try await refused("contacts", body, field)
    }

    @Test(arguments: [
        (#""quantity":-1,"unit_price_excl":1"#, "lines.0.quantity"),
        (#""quantity":"-0.5","unit_price_excl":1"#, "lines.0.quantity"),
        (#""quantity":0.00001,"unit_price_excl":1"#, "lines.0.quantity"),
        (#""quantity":true,"unit_price_excl":1"#, "lines.0.quantity"),
        (#""unit_price_excl":1000000000000000"#, "lines.0.unit_price_excl"),
        (#""unit_price_excl":10000000000000,"quantity":2"#, "lines.0"),
        (#""unit_price_excl":9999999999999.99,"tax_percentage":21"#, "lines"),
        (#""unit_price_excl":1e30"#, "lines.0.unit_price_excl"),
        (#""unit_price_excl":1e400"#, "lines.0.unit_price_excl"),
        (#""unit_price_excl":0.001"#, "lines.0.unit_price_excl"),
        (#""unit_price_excl":"NaN""#, "lines.0.unit_price_excl"),
        (#""unit_price_excl":1,"currency":"USD""#, "lines.0.currency"),
        (#""unit_price_excl":1,"tax_percentage":-1"#, "lines.0.tax_percentage"),
        (#""unit_price_excl":1,"discount_percentage":101"#, "lines.0.discount_percentage"),
        (#""unit_price_excl":1,"discount_amount":-1"#, "lines.0.discount_amount"),
        (#""unit_price_excl":1,"billing_frequency":"daily""#, "lines.0.billing_frequency"),
        (#""unit_price_excl":1,"product_id":"00000000-0000-0000-0000-0000000000ff""#, "lines.0.product_id"),
        (#""unit_price_excl":-1"#, "lines"),
    ])
    func `amounts, quantities, rates and references of a line`(line: String, field: String) async throws {
        for path in ["invoices", "quotes"] { try await refused(path, Self.invoice(line), field) }
    }

    @Test(arguments: [
        "2026-02-30", "2026-13-01", "0000-00-00", "0001-01-01", "9999-12-31", "12026-01-01", "tomorrow", "",
    ])
    func `absurd dates`(day: String) async throws {
        for field in ["invoice_date", "due_date"] where !day.isEmpty {
            try await refused("invoices", Self.invoice(#""unit_price_excl":1"#, #","\#(field)":"\#(day)""#), field)
        }
        try await refused("invoices", Self.invoice(#""unit_price_excl":1"#, #","due_date":20260101"#), "due_date")
    }

    @Test func `documents of other companies, deals that are none, and a quote and an invoice in two currencies`()
        async throws
    {
        let other = "00000000-0000-0000-0000-0000000000ff"
        let line = #"{"description":"A","unit_price_excl":1}"#
        try await refused("quotes", #"{"contact_id":"\#(other)","lines":[\#(line)]}"#, "contact_id")
        try await refused("invoices", #"{"quote_id":"\#(other)"}"#, "quote_id")
        let price = #""unit_price_excl":1"#
        try await refused("invoices", Self.invoice(price, #","quote_id":"\#(other)""#), "quote_id")
        try await refused("invoices", Self.invoice(price, #","pipedrive_deal_id":0"#), "pipedrive_deal_id")
        try await refused("invoices", Self.invoice(price, #","pipedrive_deal_id":1.5"#), "pipedrive_deal_id")
        try await refused("invoices", Self.invoice(price, #","pipedrive_lead_id":"x""#), "pipedrive_lead_id")
        try await refused("invoices", Self.invoice(price, #","currency":"EURO""#), "currency")
        try await refused("invoices", Self.invoice(price, #","status":"paid""#), "status")
        let site = Site()
        let quote = site.tables.addQuote(.accepted, lines: [DocumentLine(description: "A", unitPrice: 1, tax: .zero)])
        let mixed = await site.api(.post, "invoices", #"{"quote_id":"\#(quote.id.text)","currency":"USD"}"#)
        #expect(mixed.status == 400 && mixed.text.contains(#""currency":"differs from the quote's, EUR""#))
        #expect(site.tables.invoices.isEmpty)
    }

    @Test func `bodies that are too large, no JSON, or nested without end name the body`() async throws {
        try await refused("contacts", String(repeating: "x", count: 2_000_000), "body")
        try await refused("contacts", "{", "body")
        try await refused("contacts", "[]", "body")
        try await refused("contacts", String(repeating: "[", count: 100_000), "body")
        try await refused("contacts", #"{"name":"\ud800"}"#, "name")
    }

    @Test func `broken UTF-8 names the body`() async throws {
        let site = Site()
        let answer = await site.api(
            .post, "contacts", bytes: Array(#"{"name":""#.utf8) + [0xC3, 0x28] + Array(#""}"#.utf8))
        #expect(answer.status == 400 && answer.text.contains(#""body":"is not valid UTF-8""#))
        #expect(site.tables.contacts.isEmpty)
    }

    @Test func `illegal moves are conflicts that say why`() async throws {
        let site = Site()
        let quote = site.tables.addQuote(.sent, lines: [DocumentLine(description: "A", unitPrice: 1, tax: .zero)])
        for status in ["concept", "viewed", "expired"] {
            let answer = await site.api(.patch, "quotes/\(quote.id.text)", #"{"status":"\#(status)"}"#)
            #expect(answer.status == 409 && answer.text.contains("it can't become \(status)."))
        }
        #expect(await site.api(.patch, "quotes/\(quote.id.text)", #"{"status":"verzonden"}"#).status == 200)
        #expect(site.tables.quotes.first?.state == .sent && site.tables.events.isEmpty)
    }
}
