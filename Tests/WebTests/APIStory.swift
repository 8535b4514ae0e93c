import Domain
import HTTPTypes
import Testing

@testable import Web

/// One of everything that the API can do, with every field that there is.
struct APIStory {
    let site: Site
    let recorder: APIRecorder

    private static let lines = """
        [{"description":"Install","is_text_line":true},
        {"description":"Pump","quantity":1.5,"unit_price_incl":121,"tax_percentage":21,"discount_percentage":10,
        "product_id":"PRODUCT","billing_frequency":"monthly"},
        {"description":"Work","unit_price_excl":100,"tax_percentage":9,"discount_amount":1}]
        """
    private static let lead = "0b1d9c9e-7c0e-4a3a-9a54-0d7a1c3b5e0f"

    func tell() async throws {
        let (contact, organization) = try await contacts()
        let lines = Self.lines.replacing("PRODUCT", with: try await products())
        try await quotes(contact, lines)
        try await invoices(contact, lines)
        try await subscriptions(contact, lines)
        try await to("DELETE", "/contacts/{id}", organization)
        for list in ["contacts", "products", "quotes", "invoices", "subscriptions"] {
            try await to("GET", "/\(list)", query: "?limit=5&offset=0")
        }
    }

    @discardableResult
    private func to(
        _ method: String, _ path: String, _ id: String = "", query: String = "", _ body: String = "",
        _ status: Int? = nil
    ) async throws -> String {
        let answer = try await recorder.send(
            OpenAPIFile.Operation(method: method, path: path), id: id, query: query, body)
        #expect(status.map { $0 == answer.status } ?? (200..<300).contains(answer.status), "\(answer.text)")
        return answer.body.isEmpty ? "" : try JSONValue.read(answer.body)["id"]?.string ?? ""
    }

    private func contacts() async throws -> (contact: String, organization: String) {
        let organization = try await to("POST", "/contacts", "", #"{"name":"Acme"}"#)
        let details = """
            {"kind":"person","name":"Kim","organization_id":"\(organization)","emails":["kim@acme.example"],
            "phones":["+31 6 1"],"address":{"street":"Dam 1","postal_code":"1012 JS","city":"Amsterdam","country":"NL"},
            "vat_number":"NL1","kvk_number":"12345678","language":"nl","external_id":"crm-7"}
            """
        let contact = try await to("POST", "/contacts", "", details)
        try await to("PUT", "/contacts/{id}", contact, details.replacing("Kim", with: "Kim de Boer"))
        try await to("GET", "/contacts/{id}", contact)
        return (contact, organization)
    }

    private func products() async throws -> String {
        let details = """
            {"code":"P1","name":"Pump","description":"Pumps","unit":"piece","tax_percentage":21,"active":true,
            "prices":[{"currency":"EUR","amount":100}]}
            """
        let product = try await to("POST", "/products", "", details)
        try await to("PUT", "/products/{id}", product, details.replacing("Pumps", with: "Pumps water"))
        try await to("GET", "/products/{id}", product)
        try await to("DELETE", "/products/{id}", try await to("POST", "/products", "", #"{"name":"Gone"}"#))
        return product
    }

    private func quotes(_ contact: String, _ lines: String) async throws {
        let quote = try await to(
            "POST", "/quotes", "",
            """
            {"contact_id":"\(contact)","currency":"EUR","lines":\(lines),"external_id":"q1","pipedrive_deal_id":7,
            "note":"Hi","status":"concept","valid_until":"2027-01-01","email_subject":"S","email_body":"B"}
            """)
        try await to(
            "PATCH", "/quotes/{id}", quote,
            """
            {"lines":\(lines),"pipedrive_lead_id":"\(Self.lead)","note":"Ho","valid_until":"2027-02-01",
            "email_subject":"T","email_body":"C"}
            """)
        try await to("POST", "/quotes/{id}/send", quote)
        try await to("PATCH", "/quotes/{id}", quote, #"{"pipedrive_deal_id":8,"status":"accepted"}"#)
        site.tables.quotes[0] = site.tables.quotes[0].with(
            state: .accepted, decision: QuoteDecision(name: "Kim", email: "kim@acme.example", reason: "Why not"))
        try await to("GET", "/quotes/{id}", quote)
        try await to("POST", "/invoices", "", #"{"quote_id":"\#(quote)"}"#)
        let lead = #"{"contact_id":"\#(contact)","lines":\#(lines),"pipedrive_lead_id":"\#(Self.lead)"}"#
        try await to("POST", "/quotes", "", lead)
    }

    private func invoices(_ contact: String, _ lines: String) async throws {
        let invoice = try await to(
            "POST", "/invoices", "",
            """
            {"contact_id":"\(contact)","currency":"EUR","lines":\(lines),"external_id":"i1","note":"Hi",
            "pipedrive_lead_id":"\(Self.lead)","status":"concept","invoice_date":"2026-11-01","due_date":"2026-12-01",
            "quote_id":"\(try #require(site.tables.quotes.first).id.text)"}
            """)
        try await to("POST", "/invoices/{id}/send", invoice)
        site.tables.mails.append(
            Mail(
                id: Mail.ID(site.tables.freshID()), document: .invoice(try #require(site.tables.invoices.last).id),
                recipient: "kim@acme.example", recipientName: "Kim", text: EmailText(subject: "S", body: "B"),
                state: .unclear, reason: "Cut off", updatedAt: site.tables.now))
        try await to(
            "PATCH", "/invoices/{id}", invoice, #"{"due_date":"2026-12-02","note":"Ho","pipedrive_deal_id":9}"#)
        try await to("PATCH", "/invoices/{id}", invoice, #"{"pipedrive_lead_id":"\#(Self.lead)"}"#)
        try await to("POST", "/invoices/{id}/payments", invoice, #"{"amount":10,"paid_on":"2026-11-20"}"#)
        try await to("PATCH", "/invoices/{id}", invoice, #"{"status":"paid"}"#)
        try await to("GET", "/invoices/{id}", invoice)
        let deal = #"{"contact_id":"\#(contact)","lines":\#(lines),"pipedrive_deal_id":9}"#
        try await to("POST", "/invoices", "", deal)
    }

    private func subscriptions(_ contact: String, _ lines: String) async throws {
        let terms = """
            {"name":"Care","contact_id":"\(contact)","currency":"EUR","lines":\(lines),"external_id":"s1","note":"Hi",
            "pipedrive_deal_id":9,"status":"active","interval_unit":"week","interval_count":2,"start_date":"2026-11-01"}
            """
        let subscription = try await to("POST", "/subscriptions", "", terms)
        try await to(
            "PATCH", "/subscriptions/{id}", subscription,
            """
            {"name":"More care","lines":\(lines),"interval_unit":"year","interval_count":1,"start_date":"2026-11-02",
            "note":"Ho","pipedrive_deal_id":8,"status":"paused"}
            """)
        try await to("PATCH", "/subscriptions/{id}", subscription, #"{"pipedrive_lead_id":"\#(Self.lead)"}"#)
        try await to("GET", "/subscriptions/{id}", subscription)
        let lead = terms.replacing(#""pipedrive_deal_id":9"#, with: #""pipedrive_lead_id":"\#(Self.lead)""#)
        try await to("POST", "/subscriptions", "", lead)
    }
}

/// Every refusal that the API has, at every operation that has it.
struct APIRefusals {
    let site: Site
    let recorder: APIRecorder

    private static let nobody = "99999999-9999-9999-9999-999999999999"

    func provoke() async throws {
        for operation in recorder.file.operations {
            for status in recorder.file.statuses(operation).sorted() where status >= "400" {
                try await provoke(status, operation)
            }
        }
    }

    private func provoke(_ status: String, _ operation: OpenAPIFile.Operation) async throws {
        let hasBody = recorder.file.requestSchema(operation) != nil
        let id = try known(operation)
        switch status {
        case "400": try await badInput(operation, id, hasBody)
        case "401": try await recorder.send(operation, id: id, key: "ftj_wrong")
        case "404": try await recorder.send(operation, id: Self.nobody, hasBody ? validBody(operation) : "")
        case "409": try await conflict(operation, id)
        case "413": try await recorder.send(operation, id: id, String(repeating: " ", count: 1_000_001))
        case "415": try await recorder.send(operation, id: id, "x", fields: ["Content-Type": "text/plain"])
        case "422":
            site.tables.keptAnswers = [FakeSecrets.hash("used"): ([0], nil)]
            try await recorder.send(operation, id: id, "{}", fields: ["Idempotency-Key": "used"])
        case "429":
            site.tables.requestNumber = APIKeyUse.limitPerMinute
            try await recorder.send(operation, id: id)
            site.tables.requestNumber = 0
        case "503":
            site.tables.refusal = Refusal(.unavailable, "The database does not answer.")
            try await recorder.send(operation, id: id, hasBody ? "{}" : "")
            site.tables.refusal = nil
        default: Issue.record("\(operation) describes \(status), which nothing here provokes")
        }
    }

    private func badInput(_ operation: OpenAPIFile.Operation, _ id: String, _ hasBody: Bool) async throws {
        if hasBody {
            try await recorder.send(operation, id: id, #"{"no_such_field":1}"#)
        } else if operation.method == "GET", !operation.path.hasSuffix("}") {
            try await recorder.send(operation, query: "?limit=0")
        } else {
            try await recorder.send(operation, id: id, query: "?" + String(repeating: "x&", count: 2002))
        }
    }

    private func conflict(_ operation: OpenAPIFile.Operation, _ id: String) async throws {
        switch operation.method {
        case "POST":
            site.tables.keysAreHeld = true
            try await recorder.send(operation, id: id, "{}", fields: ["Idempotency-Key": "held"])
            site.tables.keysAreHeld = false
        case "PUT": try await recorder.send(operation, id: try spareProduct(), #"{"name":"Pump","code":"P1"}"#)
        case "DELETE": try await recorder.send(operation, id: id)
        default: try await recorder.send(operation, id: id, #"{"status":"concept"}"#)
        }
    }

    private func spareProduct() throws -> String {
        let other = Product(
            id: Product.ID(site.tables.freshID()), createdAt: site.tables.now, updatedAt: site.tables.now,
            details: ProductDetails(name: "Other"))
        site.tables.products.append(other)
        return other.id.text
    }

    private func validBody(_ operation: OpenAPIFile.Operation) -> String {
        operation.path.hasSuffix("/send")
            ? "" : operation.path.hasSuffix("/payments") ? #"{"amount":1}"# : #"{"name":"x"}"#
    }

    /// The contact that has documents, the first product, and documents beyond their concept.
    private func known(_ operation: OpenAPIFile.Operation) throws -> String {
        let tables = site.tables
        return switch operation.path.split(separator: "/").first {
        case "contacts": try #require(tables.quotes.first).content.contactID.text
        case "products": try #require(tables.products.first).id.text
        case "quotes": try #require(tables.quotes.first).id.text
        case "invoices": try #require(tables.invoices.first { $0.state == .paid }).id.text
        default: try #require(tables.subscriptions.first).id.text
        }
    }
}
