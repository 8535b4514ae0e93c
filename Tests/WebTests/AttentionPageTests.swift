import Domain
import FoundationEssentials
import HTTPTypes
import Testing
import Web

/// What waits for a person, and the buttons that answer it.
struct AttentionPageTests {
    private let ours = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xaa))
    private let taken = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xbb))
    private var oursText: String { ours.uuidString.lowercased() }

    private func waiting() -> Site {
        let site = Site()
        let candidates = [
            AttentionCandidate(
                localID: ours, name: "Ada & Co", values: FieldValues([.emails: "info@x.example", .phones: "+31 1"])),
            AttentionCandidate(localID: taken, name: "Ada Old", linkedTo: 44),
        ]
        site.tables.questions = AttentionList(
            matches: [
                AttentionMatch(
                    kind: .person, recordID: 1, name: "Ada", reason: "More than one contact fits.",
                    values: FieldValues([.emails: "info@x.example"]), keys: ["email info@x.example"],
                    candidates: candidates),
                AttentionMatch(
                    kind: .person, recordID: 2, name: "Bo", reason: "Several records share this address.",
                    keys: ["email info@x.example"]),
                AttentionMatch(kind: .product, recordID: 3, name: "Left", reason: "No matter", isIgnored: true),
                AttentionMatch(kind: .person, recordID: 9, name: "Soon", reason: "No matter", isDecided: true),
            ],
            ours: [
                AttentionLocal(
                    kind: .person, localID: ours, name: "Cy", reason: "Pipedrive refused it.", answer: "Name <too> long"
                ),
                AttentionLocal(
                    kind: .person, localID: taken, name: "Dee", reason: "Several contacts share its address."),
            ],
            conflicts: [
                AttentionConflict(
                    kind: .product, localID: ours, recordID: 7, name: "Widget", field: .prices, kept: "EUR 1050",
                    lost: "EUR 1100\nUSD 990", isRemoteKept: true, noticedAt: site.tables.now)
            ])
        return site
    }

    @Test func `what belongs together stands together, with its candidates beside it`() async {
        let page = await waiting().get("/apps/pipedrive/attention").text
        #expect(page.contains("2 persons that belong together"))
        #expect(page.contains("They share the address info@x.example."))
        #expect(page.contains("Ada &amp; Co") && page.contains("href=\"/contacts/\(oursText)\""))
        #expect(page.contains("name=\"choice\" value=\"\(oursText)\">Link to this one"))
        #expect(page.contains("Linked to person 44 of Pipedrive already."))
        #expect(!page.contains("value=\"\(taken.uuidString.lowercased())\">Link to this one"))
        #expect(page.contains("Pipedrive says: Name &lt;too&gt; long") && page.contains("Try again"))
        #expect(page.contains("Create in Pipedrive"))
        #expect(page.contains("Kept, from Pipedrive") && page.contains("EUR 10.50"))
        #expect(page.contains("EUR 11.00, USD 9.90") && page.contains("Use the other one"))
        #expect(page.contains("href=\"#conflicts\"") && page.contains("<h2 id=\"conflicts\">"))
        #expect(page.contains("Ask again") && page.contains("1 that you decided"))
    }

    @Test func `after a merge the contact that is not linked any more can be used`() async {
        let site = waiting()
        site.tables.questions.matches = [
            AttentionMatch(
                kind: .person, recordID: 44, name: "Ada", reason: "Two records became one.", isMerge: true,
                candidates: [
                    AttentionCandidate(localID: taken, name: "Kept", linkedTo: 44),
                    AttentionCandidate(localID: ours, name: "Other"),
                ])
        ]
        let page = await site.get("/apps/pipedrive/attention").text
        #expect(page.contains("value=\"\(oursText)\">Use this one") && page.contains("Linked to this record."))
        #expect(page.contains("Seen: leave it like this") && !page.contains("Link to this one"))
        #expect(!page.contains("value=\"\(taken.uuidString.lowercased())\">Use this one"))
        let form = "kind=person&record=44&choice=\(oursText)"
        let answer = await site.submit("/apps/pipedrive/attention/match", form)
        #expect(answer.field("Location") == "/apps/pipedrive/attention?done=decided")
        #expect(site.tables.decisions == ["person 44: link(\(ours))"] && site.tables.queued == ["record person 44"])
    }

    @Test func `what does not fit on a page is led to, each sort by itself`() async {
        let site = waiting()
        site.tables.questions.matches = (1...250).map {
            AttentionMatch(kind: .person, recordID: $0, name: "Person \($0)", reason: "Why")
        }
        let first = await site.get("/apps/pipedrive/attention").text
        #expect(first.contains("<h3>Person 100</h3>") && !first.contains("<h3>Person 101</h3>"))
        #expect(first.contains("1 to 100") && first.contains("href=\"/apps/pipedrive/attention?matches=100\""))
        let last = await site.get("/apps/pipedrive/attention?matches=200").text
        #expect(last.contains("201 to 250") && last.contains("<h3>Person 250</h3>") && last.contains("Cy"))
        #expect(last.contains("?matches=100\" rel=\"prev\"") && !last.contains("rel=\"next\""))
        for odd in ["?matches=-5", "?matches=x", "?matches=99999999999999999999"] {
            #expect(await site.get("/apps/pipedrive/attention\(odd)").text.contains("<h3>Person 1</h3>"))
        }
        let beyond = await site.get("/apps/pipedrive/attention?matches=5000").text
        #expect(beyond.contains("Nothing more") && beyond.contains("rel=\"prev\""))
    }

    @Test func `a variation is called by both its numbers`() async throws {
        let site = waiting()
        let id = try #require(CatalogItem.ID.variation(3, of: 12))
        site.tables.questions.matches = [
            AttentionMatch(kind: .product, recordID: id.rawValue, name: "Shirt – Red", reason: "Why")
        ]
        let page = await site.get("/apps/pipedrive/attention").text
        #expect(page.contains("Product 12, variation 3 of Pipedrive"))
        #expect(page.contains("name=\"record\" value=\"\(id.rawValue)\""))
    }

    @Test func `each answer is kept, and what follows from it is queued`() async {
        let site = waiting()
        func send(_ what: String, _ form: String) async -> String {
            await site.submit("/apps/pipedrive/attention/\(what)", form).field("Location") ?? "nowhere"
        }
        let done = "/apps/pipedrive/attention?done=decided"
        #expect(await send("match", "kind=person&record=1&choice=\(oursText)") == done)
        #expect(await send("match", "kind=person&record=2&choice=create") == done)
        #expect(await send("match", "kind=person&record=2&choice=ignore") == done)
        #expect(await send("match", "kind=product&record=3&choice=reopen") == done)
        #expect(await send("ours", "kind=person&ours=\(oursText)&choice=retry") == done)
        #expect(await send("ours", "kind=person&ours=\(oursText)&choice=ignore") == done)
        #expect(await send("conflict", "kind=product&ours=\(oursText)&field=prices&choice=other") == done)
        #expect(
            site.tables.decisions == [
                "person 1: link(\(ours))", "person 2: create", "person 2: ignore", "product 3: reopen",
                "person \(ours): retry", "person \(ours): ignore", "product \(ours): prices other",
            ])
        #expect(
            site.tables.queued == ["record person 1", "record person 2", "record product 3", "push \(oursText)"])
    }

    @Test func `what was decided meanwhile changes nothing and says so`() async {
        let site = waiting()
        site.tables.attentionAnswer = .settled
        let match = await site.submit("/apps/pipedrive/attention/match", "kind=person&record=1&choice=create")
        #expect(match.field("Location") == "/apps/pipedrive/attention?done=decided-before")
        #expect(await site.get("/apps/pipedrive/attention?done=decided-before").text.contains("Nothing was changed."))
        site.tables.attentionAnswer = .taken
        let taken = await site.submit("/apps/pipedrive/attention/match", "kind=person&record=1&choice=\(oursText)")
        #expect(taken.status == 409 && taken.text.contains("linked to another record of Pipedrive by now"))
        let conflict = "kind=product&ours=\(oursText)&field=prices&choice=other"
        site.tables.attentionAnswer = .changed("EUR 1200")
        let changed = await site.submit("/apps/pipedrive/attention/conflict", conflict)
        #expect(changed.status == 409 && changed.text.contains("it is “EUR 12.00” now"))
        site.tables.attentionAnswer = .heldByDirection
        let held = await site.submit("/apps/pipedrive/attention/conflict", conflict)
        #expect(held.status == 409 && held.text.contains("would not reach Pipedrive"))
        #expect(site.tables.decisions.isEmpty && site.tables.queued.isEmpty)
    }

    @Test func `answers need the form's token and make sense`() async {
        let site = waiting()
        let path = "/apps/pipedrive/attention/match"
        site.tables.logIn()
        let forged = await site.send(
            .post, path, fields: Site.form, cookies: Site.session, body: "csrf=x&kind=person&record=1&choice=create")
        #expect(forged.status == 403)
        for bad in [
            "kind=deal&record=1&choice=create", "kind=person&record=x&choice=create", "kind=person&record=1",
            "kind=person&record=1&choice=maybe",
        ] {
            #expect(await site.submit(path, bad).status == 400)
        }
        #expect(await site.submit("/apps/pipedrive/attention/ours", "kind=person&ours=x&choice=retry").status == 400)
        #expect(
            await site.submit(
                "/apps/pipedrive/attention/conflict", "kind=person&ours=\(oursText)&field=shoe&choice=kept"
            ).status == 400)
        #expect(site.tables.decisions.isEmpty)
    }
}
