import Domain
import HTTPTypes
import Testing
import Web

struct APITests {
    @Test func `without a known key everything is 401`() async throws {
        let site = Site()
        let answer = await site.api(.get, "contacts", key: "ftj_other")
        #expect(answer.status == 401)
        #expect(await site.send(.get, "/api/v1/contacts").status == 401)
        #expect(await site.api(.get, "contacts", key: "test").status == 401)
    }

    @Test func `unknown and wrong fields are named, and nothing is stored`() async throws {
        let site = Site()
        let body = #"{"nmae":"Acme","emails":["nobody"],"address":{"town":"Delft"},"language":"dutch"}"#
        let answer = await site.api(.post, "contacts", body)
        try expectSnapshot("api-error", "POST /api/v1/contacts\n\n\(body)", answer)
        #expect(site.tables.contacts.isEmpty)
    }

    @Test(arguments: ["", "[]", "{", "nul", #"{"name":"#])
    func `a body that is no JSON object is refused`(body: String) async {
        #expect(await Site().api(.post, "contacts", body).status == 400)
    }

    @Test func `a contact is made, replaced, listed and deleted`() async throws {
        let site = Site()
        let made = await site.api(
            .post, "contacts", #"{"kind":"person","name":" Jo ","emails":["jo@acme.example"],"phones":["+31 6 1"]}"#)
        #expect(made.status == 201)
        let address = try #require(made.field("Location"))
        #expect(made.text.contains(#""name":"Jo""#))
        let path = String(address.dropFirst("/api/v1/".count))
        let changed = await site.api(.put, path, #"{"name":"Jo","address":{"city":"Delft"}}"#)
        #expect(changed.status == 200)
        #expect(changed.text.contains(#""kind":"person","name":"Jo","organization_id":null,"emails":[],"phones":[]"#))
        #expect(changed.text.contains(#""city":"Delft""#))
        let list = await site.api(.get, "contacts?limit=1")
        #expect(list.text.hasPrefix(#"{"data":[{"id":""#) && list.text.hasSuffix(#""total":1,"limit":1,"offset":0}"#))
        #expect(await site.api(.delete, path).status == 204)
        #expect(await site.api(.get, path).status == 404)
        #expect(await site.api(.get, "contacts/not-a-uuid").status == 404)
    }

    @Test func `limits out of bounds are named`() async {
        let answer = await Site().api(.get, "contacts?limit=501&offset=-1")
        #expect(answer.status == 400)
        #expect(answer.text.contains(#""limit":"has to be from 1 to 500","offset":"has to be 0 or more""#))
    }

    @Test func `prices keep every digit`() async throws {
        let site = Site()
        let body =
            #"{"name":"Pump","prices":[{"currency":"EUR","amount":1234567890123.45},{"currency":"jpy","amount":7}]}"#
        let answer = await site.api(.post, "products", body)
        #expect(answer.status == 201)
        #expect(answer.text.contains(#"[{"currency":"EUR","amount":1234567890123.45},{"currency":"JPY","amount":7}]"#))
        let odd = await site.api(.post, "products", #"{"name":"Pump","prices":[{"currency":"EUR","amount":0.005}]}"#)
        #expect(odd.status == 400)
        #expect(odd.text.contains(#""prices.0.amount":"has more than 2 decimals"#))
    }

    @Test func `an invoice as on PayDock's API page is made, sent and paid`() async throws {
        let site = Site()
        let contact = site.tables.addContact("Acme")
        let made = await site.api(
            .post, "invoices",
            """
            {"contact_id":"\(contact.id.text)","status":"verzonden","due_date":"2027-01-11","lines":[
            {"description":"Licence","quantity":1,"unit_price_incl":89.00,"tax_percentage":21},
            {"description":"Installation","quantity":2,"unit_price_incl":125.00,"tax_percentage":21},
            {"description":"Delivered in 5 days","is_text_line":true}]}
            """)
        #expect(made.status == 201)
        #expect(made.text.contains(#""status":"sent""#))
        #expect(made.text.contains(#""totals":{"net":280.17,"tax":58.83,"gross":339.00,"#))
        #expect(made.text.contains(#""currency":"EUR""#) && made.text.contains(#""due_date":"2027-01-11""#))
        #expect(made.text.contains(#"{"description":"Delivered in 5 days","is_text_line":true}"#))
        #expect(site.tables.events == [.invoiceSent])
        let path = String(try #require(made.field("Location")).dropFirst("/api/v1/".count))
        let part = await site.api(.post, "\(path)/payments", #"{"amount":39}"#)
        #expect(part.text.contains(#""status":"partially_paid""#) && part.text.contains(#""due_amount":300.00"#))
        let rest = await site.api(.post, "\(path)/payments", #"{"amount":"300.00","paid_on":"2026-12-01"}"#)
        #expect(rest.status == 201)
        #expect(rest.text.contains(#""status":"paid""#))
        #expect(site.tables.events == [.invoiceSent, .invoicePaid])
        #expect(await site.api(.post, "\(path)/payments", #"{"amount":1}"#).status == 409)
        #expect(await site.api(.patch, path, #"{"status":"sent"}"#).status == 409)
        #expect(await site.api(.patch, path, #"{"status":"betaald"}"#).status == 400)
    }

    @Test func `a quote keeps its deal and is sent once`() async throws {
        let site = Site()
        let contact = site.tables.addContact("Acme")
        let made = await site.api(
            .post, "quotes",
            """
            {"contact_id":"\(contact.id.text)","currency":"USD","pipedrive_deal_id":41,"email_subject":"Offer",
            "lines":[{"description":"Work","quantity":0.5,"unit_price_excl":100,"discount_percentage":12.5}]}
            """)
        #expect(made.status == 201)
        #expect(made.text.contains(#""pipedrive_deal_id":41"#) && made.text.contains(#""total":43.75"#))
        let path = String(try #require(made.field("Location")).dropFirst("/api/v1/".count))
        let changed = await site.api(.patch, path, #"{"note":"Hi","valid_until":"2027-02-01"}"#)
        #expect(changed.text.contains(#""note":"Hi""#) && changed.text.contains(#""valid_until":"2027-02-01""#))
        #expect(changed.text.contains(#""email_subject":"Offer""#))
        #expect(await site.api(.post, "\(path)/send").status == 200)
        #expect(await site.api(.post, "\(path)/send").status == 409)
        #expect(await site.api(.patch, path, #"{"note":"Later"}"#).status == 409)
        #expect(site.tables.events == [.quoteSent])
    }

    @Test func `an invoice of a quote is addressed like it, unless it is made out to another contact`() async throws {
        let site = Site()
        let quote = site.tables.addQuote(
            .accepted, lines: [DocumentLine(description: "A", unitPrice: 1, tax: .zero)], addressee: "Kim",
            addresseeEmail: "kim@acme.example")
        let other = site.tables.addContact("Other").id.text
        for contact in ["", #","contact_id":"\#(other)""#] {
            let answer = await site.api(.post, "invoices", #"{"quote_id":"\#(quote.id.text)"\#(contact)}"#)
            #expect(answer.status == 201)
        }
        #expect(site.tables.invoices.map(\.content.addressee) == ["Kim", nil])
        #expect(site.tables.invoices.map(\.content.addresseeEmail) == ["kim@acme.example", nil])
    }

    @Test func `wrong lines are named one by one`() async {
        let site = Site()
        let contact = site.tables.addContact("Acme")
        let answer = await site.api(
            .post, "invoices",
            """
            {"contact_id":"\(contact.id.text)","lines":[{"description":"A","unit_price_incl":1,"unit_price_excl":1},
            {"quantity":-1,"unit_price_excl":"x","tax_percentage":101},
            {"description":"T","is_text_line":true,"quantity":1}]}
            """)
        #expect(answer.status == 400)
        for field in [
            "lines.0.unit_price_excl", "lines.1.description", "lines.1.quantity", "lines.1.tax_percentage",
            "lines.1.unit_price_excl", "lines.2.quantity",
        ] { #expect(answer.text.contains("\"\(field)\":")) }
        #expect(site.tables.invoices.isEmpty)
    }

    @Test func `a subscription is made with its interval`() async {
        let site = Site()
        let contact = site.tables.addContact("Acme")
        let answer = await site.api(
            .post, "subscriptions",
            """
            {"name":"Support","contact_id":"\(contact.id.text)","interval_unit":"quarter","start_date":"2026-12-01",
            "lines":[{"description":"Support","unit_price_excl":300,"tax_percentage":21}]}
            """)
        #expect(answer.status == 201)
        #expect(answer.text.contains(#""interval_unit":"quarter","interval_count":1,"start_date":"2026-12-01""#))
    }

    @Test func `the description is served and names every path that answers`() async {
        let answer = await Site().send(.get, "/api/v1/openapi.json")
        #expect(answer.status == 200)
        for path in ["/contacts/{id}", "/quotes/{id}/send", "/invoices/{id}/payments", "/subscriptions"] {
            #expect(answer.text.contains("\"\(path)\": {"))
        }
    }

    @Test func `an unexpected failure is 500 with the reference and without its cause`() async {
        let site = Site()
        site.tables.isDown = true
        let answer = await site.api(.get, "contacts")
        #expect(answer.status == 500)
        #expect(answer.text.contains("Reference: req-1.") && !answer.text.contains("Down"))
        #expect(site.log.all.contains { $0.hasPrefix("error Request failed") && $0.contains("request.id=req-1") })
    }
}
