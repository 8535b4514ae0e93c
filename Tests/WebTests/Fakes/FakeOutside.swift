import Domain
import FoundationEssentials
import Synchronization

/// Tokens that count up, and digests that can be read.
final class FakeSecrets: SecretSource {
    private let count = Mutex(0)

    static func hash(_ text: String) -> [UInt8] { Array("digest of \(text)".utf8) }

    func token() -> String {
        count.withLock { count in
            count += 1
            return "token-\(count)"
        }
    }
    func digest(_ text: String) -> [UInt8] { Self.hash(text) }
    func authenticationCode(_ message: [UInt8], key: Secret) -> [UInt8] { message + Array(key.reveal().utf8) }
    func matches(_ left: [UInt8], _ right: [UInt8]) -> Bool { left == right }
    func passwordHash(_ password: Secret) throws -> Secret { Secret("hash of \(password.reveal())") }
    func verify(_ password: Secret, against hash: Secret) throws -> Bool {
        hash.reveal() == "hash of \(password.reveal())"
    }
}

/// Pipedrive's OAuth server and webhooks, always friendly.
struct FakeOAuth: OAuthProvider, CRMWebhooks {
    static let credentials = Credentials(
        accessToken: Secret("access"), refreshToken: Secret("refresh"),
        expiresAt: Date(timeIntervalSince1970: 1_795_492_800),
        apiOrigin: APIOrigin(checked: "https://acme.pipedrive.com"), scopes: ["deals:full"])
    static let user = PipedriveUser(
        id: PipedriveUser.ID(5), companyID: PipedriveCompany.ID(77), companyName: "Acme Pipes", name: "Bo",
        isAdmin: true)

    func authorizeURL(state: String) -> String { "https://oauth.pipedrive.com/oauth/authorize?state=\(state)" }
    func exchange(code: Secret, now: Date) async throws -> Credentials { Self.credentials }
    func refresh(_ refreshToken: Secret, now: Date) async throws -> Credentials { throw NotServed() }
    func revoke(_ refreshToken: Secret) async throws {}
    func currentUser(_ access: PipedriveAccess) async throws -> PipedriveUser { Self.user }
    func subscribe(
        object: String, url: String, endpoint: WebhookEndpoint, access: PipedriveAccess
    ) async throws -> WebhookSubscription { throw NotServed() }
    func subscriptions(access: PipedriveAccess) async throws -> [WebhookSubscription] { [] }
    func unsubscribe(_ id: WebhookSubscription.ID, access: PipedriveAccess) async throws {}
    func decode(_ body: [UInt8]) -> WebhookEvent? { nil }
}
