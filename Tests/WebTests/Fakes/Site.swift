import Domain
import FoundationEssentials
import HTTPTypes
import Logging
import Synchronization
import Testing
import Web
import Workflows

/// The whole web side over the fakes, with the log that it wrote.
struct Site {
    let tables = Tables()
    let log = LogLines()
    let useCases: UseCases
    private let app: WebApp

    init(publicURL: String = "https://paydock.example", mails: Bool = false) {
        let storage = FakeStorage(tables: tables)
        let secrets = FakeSecrets()
        let now = tables.now
        let installs = Installs(
            storage: storage, secrets: secrets, oauth: FakeOAuth(), webhooks: FakeOAuth(),
            clientCredentials: Secret("client:secret"))
        let panel = Panel(
            store: storage, storage: storage, secrets: secrets, credentials: Secret("panel:secret"),
            tokenKey: Secret("key"),
            requiresToken: false)
        useCases = UseCases(
            storage: storage, secrets: secrets, installs: installs, panel: panel,
            intake: WebhookIntake(store: storage, storage: storage, secrets: secrets),
            mailing: mails ? Mailing(publicURL: publicURL) : nil, now: { now })
        app = WebApp(
            useCases: useCases,
            configuration: WebConfiguration(
                publicURL: publicURL, supportEmail: "support@paydock.example",
                consentOrigin: "https://oauth.pipedrive.com"), logger: Logger(label: "web") { [log] _ in log })
    }

    /// Sends a request; `cookies` by name.
    func send(
        _ method: HTTPRequest.Method, _ path: String, fields: [String: String] = [:], cookies: [String: String] = [:],
        body: String = "", bytes: [UInt8]? = nil, remoteAddress: String? = "203.0.113.9"
    ) async -> WebResponse {
        var request = HTTPRequest(method: method, scheme: "https", authority: "paydock.example", path: path)
        for (name, value) in fields {
            if let name = HTTPField.Name(name) { request.headerFields[name] = value }
        }
        if !cookies.isEmpty {
            request.headerFields[.cookie] = cookies.map { "\($0)=\($1)" }.joined(separator: "; ")
        }
        return await app.respond(
            to: WebRequest(
                request: request, body: bytes ?? Array(body.utf8), remoteAddress: remoteAddress, requestID: "req-1"))
    }

    /// Opens a page as the member who is logged in.
    func get(_ path: String) async -> WebResponse {
        tables.logIn()
        return await send(.get, path, cookies: Self.session)
    }

    /// Sends a form as the member who is logged in, with the right CSRF token unless another is given.
    func submit(_ path: String, _ form: String, csrf: String = Tables.csrf) async -> WebResponse {
        tables.logIn()
        return await send(
            .post, path, fields: Self.form, cookies: Self.session, body: "csrf=\(csrf)&\(form)")
    }

    /// Calls the regular API with the company's key.
    func api(
        _ method: HTTPRequest.Method, _ path: String, _ body: String = "", bytes: [UInt8]? = nil,
        key: String = Tables.apiKey, fields: [String: String] = [:]
    ) async -> WebResponse {
        let own = ["X-API-Key": key, "Content-Type": "application/json"]
        return await send(
            method, "/api/v1/\(path)", fields: own.merging(fields) { _, given in given }, body: body, bytes: bytes)
    }

    static let session = ["__Host-paydock_session": Tables.cookie]
    static let form = ["Content-Type": "application/x-www-form-urlencoded"]

    static func basic(_ text: String) -> String { "Basic \(Data(text.utf8).base64EncodedString())" }
}

extension WebResponse {
    /// All of it, that which is made piece by piece too.
    var text: String {
        var all = body
        do {
            while let piece = try further?() { all += piece }
        } catch {
            Issue.record("The rest of the answer could not be made: \(error)")
        }
        return String(decoding: all, as: UTF8.self)
    }
    var status: Int { response.status.code }

    func field(_ name: String) -> String? { HTTPField.Name(name).flatMap { response.headerFields[$0] } }

    /// The value that a `Set-Cookie` gives a cookie.
    func cookie(_ name: String) -> String? {
        for field in response.headerFields[values: .setCookie] where field.hasPrefix("\(name)=") {
            return String(field.dropFirst(name.count + 1).prefix { $0 != ";" })
        }
        return nil
    }
}

/// Keeps what was logged.
final class LogLines: LogHandler, Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        let fields = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let line = "\(event.level) \(event.message) \(fields.joined(separator: " "))"
        lines.withLock { $0.append(line) }
    }
}
