import Domain
import DomainTestSupport
import FoundationEssentials
import Testing
import Workflows

struct PanelTests {
    private let office = Office.connected()

    private func panel(requiresToken: Bool = false) -> Panel {
        Panel(
            storage: office.storage, secrets: office.secrets, credentials: Secret("panel:secret"),
            tokenKey: Secret("key"), requiresToken: requiresToken)
    }

    private func query(company: Int64 = 77, user: Int64 = 5, token: String? = nil) -> Panel.Query {
        Panel.Query(
            subject: PanelSubject(resource: .deal, recordID: 7), companyID: PipedriveCompany.ID(company),
            userID: PipedriveUser.ID(user), token: token)
    }

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
        #"{"companyId":77,"userId":5}"#,
    ])
    func `a token for this company and user is good`(_ claims: String) throws {
        #expect(try view(query(token: token(claims)), requiresToken: true) == .unlinked)
    }

    @Test(arguments: [
        #"{"companyId":78,"userId":5}"#, #"{"companyId":77,"userId":6}"#, #"{"userId":5}"#,
        #"{"companyId":77,"userId":5,"exp":1795521600}"#, #"{"companyId":77,"userId":5,"exp":1}"#, "[]", "",
        #"{"companyId":"x","userId":5}"#, #"{"companyId":77,"userId":5,"exp":"soon"}"#,
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
        #expect(try view(query()) == .unlinked)
        #expect(await refusal { _ = try view(query(), requiresToken: true) }?.code == .unauthorized)
    }

    @Test func `an unknown company is not connected, a user without a grant is told so`() throws {
        #expect(try view(query(company: 4711)) == .disconnected)
        #expect(try view(query(user: 6)) == .notGranted)
        office.storage.connect(.fixture(state: .disconnected))
        #expect(try view(query()) == .disconnected)
    }

    @Test func `the store's figures come through`() throws {
        let figures = PanelView.figures(
            contact: .numbered(10),
            [
                PanelFigures(
                    currency: .eur, arr: 1, revenue: 2, openCount: 3, open: 4, overdue: 5,
                    latest: .init(id: .numbered(40), number: "2026-0001"))
            ])
        office.storage.tenant.panelView = figures
        #expect(try view(query()) == figures)
    }
}
