import Domain
import FoundationEssentials
import Testing
import Web

struct PanelCustomerTests {
    private static let path = "/contacts/from-pipedrive?pipedrive=deal%3A7&company=77"

    private func connected() -> Site {
        let site = Site()
        site.tables.connection = Connection(
            id: Connection.ID(UUID()), companyID: site.tables.company.id, pipedriveCompanyID: PipedriveCompany.ID(77),
            pipedriveCompanyName: "Acme", ownerUserID: PipedriveUser.ID(5), state: .live, connectedAt: site.tables.now)
        return site
    }

    private func seen(_ site: Site) {
        site.tables.dealGlance = DealGlance(
            id: Deal.ID(7), title: "Roof & gutter", personID: nil, organizationID: Organization.ID(5))
        site.tables.seenDetails = ContactDetails(
            kind: .organization, name: "Acme <BV>", address: PostalAddress(city: "Delft"))
    }

    @Test func `the form is filled in from what was seen of the deal`() async {
        let site = connected()
        seen(site)
        let page = await site.get(Self.path)
        #expect(page.status == 200)
        #expect(page.text.contains("Pipedrive deal 7, “Roof &amp; gutter”"))
        #expect(page.text.contains("name=\"name\" value=\"Acme &lt;BV&gt;\""))
        #expect(page.text.contains("name=\"city\" value=\"Delft\""))
        #expect(!page.text.contains("being fetched"))
    }

    @Test func `once saved, the customer is linked and the person is back in Pipedrive, nowhere else`() async {
        let site = connected()
        seen(site)
        let saved = await site.submit("\(Self.path)&next=https://evil.example", "kind=organization&name=Acme")
        #expect(saved.status == 303)
        #expect(saved.field("Location") == "https://acme.pipedrive.com/deal/7")
        #expect(site.tables.contacts.map(\.details.name) == ["Acme"])
        #expect(site.tables.links["organization:5"] == site.tables.contacts.first?.id)
        let again = await site.get(Self.path)
        #expect(again.field("Location") == site.tables.contacts.first.map { "/contacts/\($0.id.text)" })
    }

    @Test func `a contact of that name can be linked instead`() async throws {
        let site = connected()
        seen(site)
        site.tables.seenDetails?.name = "Acme"
        let there = site.tables.addContact("Acme")
        let page = await site.get(Self.path)
        #expect(page.text.contains("Is it one of these?"))
        let linked = await site.submit(Self.path, "contact=\(there.id.text)")
        #expect(linked.status == 303)
        #expect(site.tables.links == ["organization:5": there.id])
        #expect(site.tables.contacts.count == 1)
    }

    @Test func `what was not seen yet says so, and a wrong form comes back with its words`() async {
        let site = connected()
        #expect(await site.get(Self.path).text.contains("being fetched"))
        #expect(await site.submit(Self.path, "kind=organization&name=Acme").status == 409)
        seen(site)
        let wrong = await site.submit(Self.path, "kind=organization&name=&city=Delft")
        #expect(wrong.status == 422)
        #expect(wrong.text.contains("name needs 1 to 255 characters"))
        #expect(wrong.text.contains("name=\"city\" value=\"Delft\""))
        #expect(site.tables.links.isEmpty)
    }

    @Test func `another Pipedrive company, or no record at all, is not found`() async {
        let site = connected()
        seen(site)
        for path in [
            Self.path.replacing("=77", with: "=78"), "/contacts/from-pipedrive?pipedrive=lead%3A7&company=77",
            "/contacts/from-pipedrive", "/contacts/from-pipedrive?pipedrive=deal%3A-7&company=77",
        ] { #expect(await site.get(path).status == 404, "\(path)") }
    }
}
