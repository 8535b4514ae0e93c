import Domain
import DomainTestSupport
import FoundationEssentials
import Testing
import Workflows

struct PanelTests {
    private let office = Office.connected()

    private func panel(requiresToken: Bool = false) -> Panel {
        Panel(
            store: office.storage, storage: office.storage, secrets: office.secrets,
            credentials: Secret("panel:secret"),
            tokenKey: Secret("key"), requiresToken: requiresToken)
    }

    private func query(
        company: Int64 = 77, user: Int64 = 5, isShared: Bool = false, token: String? = nil
    ) -> Panel.Query {
        Panel.Query(
            subject: PanelSubject(resource: .deal, recordIDs: [7]), companyID: PipedriveCompany.ID(company),
            userID: PipedriveUser.ID(user), isShared: isShared, token: token)
    }

    private var found: PanelView { .records(office.company, office.storage.tenant.panelRecords) }

    private func part(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }

    private func token(
        header: String = #"{"alg":"HS256","typ":"JWT"}"#, _ claims: String, key: String = "key"
    ) -> String {
        let signed = "\(part(Array(header.utf8))).\(part(Array(claims.utf8)))"
        return "\(signed).\(part(office.secrets.authenticationCode(Array(signed.utf8), key: Secret(key))))"
    }

    private func view(_ query: Panel.Query, requiresToken: Bool = false) throws -> PanelView {
        try panel(requiresToken: requiresToken).view(
            authorization: basic("panel:secret"), query: { query }, now: .fixture)
    }

    @Test func `Basic is looked at before anything else`() async {
        for header in [nil, "", basic("panel:wrong"), "Bearer x", basic("")] {
            var isAsked = false
            let refused = await refusal {
                _ = try panel().view(
                    authorization: header,
                    query: {
                        isAsked = true
                        return query()
                    }, now: .fixture)
            }
            #expect(refused?.code == .unauthorized)
            #expect(!isAsked)
        }
        #expect(office.storage.read { $0.roles.isEmpty })
    }

    @Test(arguments: [
        #"{"companyId":77,"userId":5,"exp":1795521601}"#, #"{"companyId":"77","userId":"5","exp":1795521601}"#,
        #"{"companyId":77,"userId":5}"#, #" { "userId" : "5" ,"iat":-1,"sub":"","admin":true, "companyId": 77 } "#,
        #"{"companyId":77,"userId":5,"exp":1.8e9,"more":{"userId":[6]},"none":null}"#,
        #"{"companyId":77,"userId":5,"name":"J\u00f6rg \"Jo\" Ä"}"#,
    ])
    func `a token for this company and user is good`(_ claims: String) throws {
        #expect(try view(query(token: token(claims)), requiresToken: true) == found)
    }

    @Test(arguments: [
        #"{"companyId":78,"userId":5}"#, #"{"companyId":77,"userId":6}"#, #"{"userId":5}"#,
        #"{"companyId":77,"userId":5,"exp":1795521600}"#, #"{"companyId":77,"userId":5,"exp":1}"#, "[]", "",
        #"{"companyId":"x","userId":5}"#, #"{"companyId":77,"userId":5,"exp":"soon"}"#,
        #"{"companyId":077,"userId":5}"#,
        #"{"companyId":77,"userId":5"#, #"{"companyId":77,"userId":5}x"#, #"{"companyId":77,"userId":5]}"#,
        #"{"companyId":77 "userId":5}"#, #"{"companyId":77,"userId":5,"a":yes}"#, #"{"companyId":77,"userId":nul}"#,
        #"{"companyId":77,"userId":5,"exp":-1}"#,
        #"{"companyId":77.5,"userId":5}"#,
    ])
    func `a token for somebody else, expired or unreadable is refused`(_ claims: String) async {
        let refused = await refusal { _ = try view(query(token: token(claims))) }
        #expect(refused?.code == .unauthorized)
    }

    @Test func `a token that is not signed as asked is refused`() async {
        let claims = #"{"companyId":77,"userId":5}"#
        let none = #"{"alg":"none"}"#
        let unsigned = "\(part(Array(none.utf8))).\(part(Array(claims.utf8)))."
        let good = token(claims)
        let tokens = [
            token(header: none, claims), token(header: #"{"alg":"HS512"}"#, claims), unsigned,
            token(claims, key: "other"), "\(good).x", String(good.dropLast(4)), "", "a.b.c",
            good.replacing(part(Array(claims.utf8)), with: part(Array(#"{"companyId":77,"userId":6}"#.utf8))),
        ]
        for wrong in tokens {
            #expect(await refusal { _ = try view(query(token: wrong)) }?.code == .unauthorized, "\(wrong)")
        }
    }

    @Test func `without a token Basic alone is enough, unless one is required`() async throws {
        #expect(try view(query()) == found)
        #expect(await refusal { _ = try view(query(), requiresToken: true) }?.code == .unauthorized)
    }

    @Test func `an unknown company is not connected, a user without a grant is told so`() throws {
        #expect(try view(query(company: 4711)) == .disconnected)
        #expect(try view(query(user: 6)) == .notGranted)
        office.storage.connect(.fixture(state: .disconnected))
        #expect(try view(query()) == .disconnected)
    }

    @Test func `the store's figures come through, and nothing is written for what is known`() throws {
        let figures = PanelFigures(
            currency: .eur, arr: 1, revenue: 2, openCount: 3, open: 4, overdue: 5,
            latest: .init(id: .numbered(40), number: "2026-0001"))
        office.storage.tenant.panelRecords = [
            PanelRecord(recordID: 7, customer: .init(id: .numbered(10), name: "Acme"), figures: [figures])
        ]
        #expect(try view(query()) == found)
        #expect(office.messages(.record).isEmpty)
    }

    @Test func `whoever Pipedrive says has not installed the app sees nothing`() throws {
        office.storage.tenant.panelRecords = [PanelRecord(recordID: 7, customer: nil, needsLook: true)]
        #expect(try view(query(isShared: true)) == .notGranted)
        #expect(office.messages(.record).isEmpty)
    }

    @Test func `an unknown deal is looked at once, and then its customer's form can be filled in`() async throws {
        office.storage.tenant.panelRecords = [PanelRecord(recordID: 7, customer: nil, needsLook: true)]
        let deal = Deal.fixture(id: Deal.ID(7), personID: nil, organizationID: Organization.ID(5))
        office.pipedrive.edit { script in
            script.deals[deal.id] = DealContext(deal: deal, products: [], person: nil, organization: nil)
            script.records["organization:5"] = .organizations([
                Organization(id: Organization.ID(5), name: "Acme", address: PostalAddress(city: "Delft"))
            ])
        }
        for _ in 1...3 { _ = try view(query()) }
        #expect(office.messages(.record).map(\.new.subject) == ["look:deal:7"])
        #expect(office.pipedrive.calls.isEmpty)
        try await office.drainOnce()
        #expect(office.pipedrive.calls == ["glance 7", "record organization:5"])
        #expect(office.storage.tenant.contacts.isEmpty)

        let origin = CustomerFromPanel.Origin(resource: .deal, recordID: 7, companyID: PipedriveCompany.ID(77))
        let flow = CustomerFromPanel(
            storage: office.storage,
            books: Books(storage: office.storage, secrets: office.secrets, access: StorageAccess.web))
        let proposal = try flow.proposal(origin, office.company)
        #expect(proposal.details?.name == "Acme" && proposal.details?.address.city == "Delft")
        #expect(proposal.dealTitle == deal.title)
        let details = try #require(proposal.details)
        let back = try flow.create(details, origin, office.company)
        #expect(back == "https://acme.pipedrive.com/deal/7")
        let made = try #require(office.storage.tenant.contacts.first)
        #expect(office.storage.tenant.links[.organization] == [5: made.id])
        #expect(office.storage.tenant.eventKinds == [.contactCreated])
        #expect(try flow.proposal(origin, office.company).linked?.id == made.id)
    }

    @Test func `what is linked already, or is of another company, makes no customer`() async throws {
        let flow = CustomerFromPanel(
            storage: office.storage,
            books: Books(storage: office.storage, secrets: office.secrets, access: StorageAccess.web))
        let taken = try office.contact()
        office.storage.tenant.links[.person] = [12: taken.id]
        let details = ContactDetails(kind: .person, name: "Ada")
        func refused(_ resource: PanelSubject.Resource, _ id: Int64, company: Int64 = 77) async -> Refusal? {
            await refusal {
                _ = try flow.create(
                    details,
                    .init(resource: resource, recordID: id, companyID: PipedriveCompany.ID(company)), office.company)
            }
        }
        #expect(await refused(.person, 12)?.code == .conflict)
        #expect(await refused(.person, 13, company: 78)?.code == .notFound)
        #expect(await refused(.organization, 13)?.code == .invalid)
        #expect(await refused(.deal, 99)?.code == .conflict)
        #expect(office.storage.tenant.contacts.map(\.id) == [taken.id])
    }
}
