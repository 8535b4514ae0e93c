import Domain
import FoundationEssentials
import HTTPTypes
public import Logging
import Workflows

/// The web side: a request in, an answer out. Holds no state, so any number of processes serve side by side.
public struct WebApp: Sendable {
    private let useCases: UseCases
    private let configuration: WebConfiguration
    private let logger: Logger
    private let router: Router
    private let headers: SecurityHeaders
    private let errors: ErrorAnswers
    private let sessionCookie: SiteCookie
    private let formCookie: SiteCookie

    /// Wires the routes.
    public init(useCases: UseCases, configuration: WebConfiguration, logger: Logger) {
        let useCases = useCases.at(configuration.publicURL)
        self.useCases = useCases
        self.configuration = configuration
        self.logger = logger
        let stylesheet = Stylesheet(PackageResources.paydock_css)
        let frame = PageFrame(stylesheet: stylesheet.address, supportEmail: configuration.supportEmail)
        headers = SecurityHeaders(consentOrigins: [configuration.consentOrigin, "https://*.pipedrive.com"])
        errors = ErrorAnswers(frame: frame)
        sessionCookie = .session(isSecure: configuration.isSecure)
        formCookie = .form(isSecure: configuration.isSecure)
        router = Router(
            routes: MachineRoutes(useCases: useCases, stylesheet: stylesheet).routes
                + PanelRoutes(useCases: useCases, publicURL: configuration.publicURL).routes
                + AccountRoutes(useCases: useCases, frame: frame, configuration: configuration).routes
                + MemberRoutes(useCases: useCases, frame: frame).routes
                + PasswordRoutes(useCases: useCases, frame: frame).routes
                + AppStoreRoutes(useCases: useCases, frame: frame).routes
                + InstallRoutes(useCases: useCases, frame: frame, configuration: configuration).routes
                + QuoteRoutes(useCases: useCases, frame: frame, publicURL: configuration.publicURL).routes
                + InvoiceRoutes(useCases: useCases, frame: frame, publicURL: configuration.publicURL).routes
                + PanelCustomerRoutes(useCases: useCases, frame: frame).routes
                + ContactRoutes(useCases: useCases, frame: frame).routes
                + ProductRoutes(useCases: useCases, frame: frame).routes
                + SettingsRoutes(useCases: useCases, frame: frame).routes
                + CustomerRoutes(useCases: useCases, frame: frame).routes
                + APIRoutes(useCases: useCases).routes)
    }

    /// Answers a request. Never throws: whatever goes wrong is an answer and a log line.
    public func respond(to request: WebRequest) async -> WebResponse {
        let clock = ContinuousClock()
        let start = clock.now
        let match = router.match(method: request.request.method, rawPath: request.rawPath)
        var (answer, area, name) = await answer(request, match)
        answer = headers.apply(to: answer, area: area, requestID: request.requestID)
        if request.request.method == .head { (answer.body, answer.further) = ([], nil) }
        let elapsed = (clock.now - start).components
        let milliseconds = elapsed.seconds * 1000 + elapsed.attoseconds / 1_000_000_000_000_000
        logger.info(
            "Request answered",
            metadata: [
                "request.id": .string(request.requestID), "route": .string(name),
                "status": .stringConvertible(answer.response.status.code),
                "duration_ms": .stringConvertible(milliseconds),
            ])
        return answer
    }

    private func answer(
        _ request: WebRequest, _ match: Router.Match
    ) async -> (WebResponse, Route.Area, route: String) {
        switch match {
        case .found(let route, let parameters):
            // HEAD is answered by GET's route.
            let name = request.request.method == .head ? "HEAD \(route.pattern)" : route.name
            return (await answer(request, route, parameters), route.area, name)
        case .unknown(let area):
            let answer = plainError(request, area, .notFound, code: "not_found", "There is nothing at this address.")
            return (answer, area, "\(request.request.method.rawValue) unknown")
        case .wrongMethod(let allowed, let area):
            let names = allowed.map(\.rawValue).joined(separator: ", ")
            let answer = plainError(
                request, area, .methodNotAllowed, code: "method_not_allowed", "Here works: \(names).")
            return (answer.setting(.allow, names), area, "\(request.request.method.rawValue) wrong method")
        }
    }

    private func plainError(
        _ request: WebRequest, _ area: Route.Area, _ status: HTTPResponse.Status, code: String, _ message: String
    ) -> WebResponse {
        let call = Call(
            request: request, parameters: [:], query: FormFields(), form: FormFields(), session: nil, formToken: "",
            now: useCases.now())
        return guarded(request) { try errors.answer(status, code: code, message, area: area, to: call) }
    }

    private func answer(_ request: WebRequest, _ route: Route, _ parameters: [String: String]) async -> WebResponse {
        var call = Call(
            request: request, parameters: parameters, query: FormFields(), form: FormFields(), session: nil,
            formToken: "", now: useCases.now())
        do {
            if let refused = try refusedBody(call, route) { return refused }
            call = try read(call, route)
            if route.area == .member, call.session == nil { return loginRedirect(request) }
            if let refused = try refusedForm(call, route) { return refused }
            let answer = try await route.answer(call)
            return withFormCookie(logging(answer, request, route), call, route)
        } catch {
            if !(error is Refusal) { log(error, request, route) }
            let failed = call
            return guarded(request) { try errors.answer(error, area: route.area, to: failed) }
        }
    }

    /// What goes wrong after the head was sent can only be logged: the answer stays unfinished.
    private func logging(_ answer: WebResponse, _ request: WebRequest, _ route: Route) -> WebResponse {
        guard let further = answer.further else { return answer }
        var logged = answer
        logged.further = {
            do { return try further() } catch {
                log(error, request, route)
                throw error
            }
        }
        return logged
    }

    /// 413 and 415, before anything is read.
    private func refusedBody(_ call: Call, _ route: Route) throws -> WebResponse? {
        guard call.request.body.count <= route.body.limit else {
            return try errors.answer(
                .contentTooLarge, code: "too_large", "The body is larger than \(route.body.limit) bytes.",
                fields: ["body": "is larger than \(route.body.limit) bytes"], area: route.area, to: call)
        }
        let wanted: String
        switch route.body {
        case .none, .bytes: return nil
        case .form: wanted = "application/x-www-form-urlencoded"
        case .json: wanted = "application/json"
        case .optionalJSON:
            if call.request.body.isEmpty { return nil }
            wanted = "application/json"
        }
        guard call.request.mediaType != wanted else { return nil }
        return try errors.answer(
            .unsupportedMediaType, code: "unsupported_media_type", "The content type has to be \(wanted).",
            fields: ["Content-Type": "has to be \(wanted)"], area: route.area, to: call)
    }

    private func read(_ call: Call, _ route: Route) throws -> Call {
        guard let query = FormFields(encoded: call.request.rawQuery.utf8) else {
            throw Refusal(.invalid, "The address has too many parameters.")
        }
        var form = FormFields()
        if case .form = route.body {
            guard let fields = FormFields(encoded: call.request.body) else {
                throw Refusal(.invalid, "The form has too many fields.")
            }
            form = fields
        }
        let session = try session(call, route)
        return Call(
            request: call.request, parameters: call.parameters, query: query, form: form, session: session,
            formToken: formToken(call, route, session), now: call.now)
    }

    /// What the forms of a page carry; machines have none.
    private func formToken(_ call: Call, _ route: Route, _ session: Session?) -> String {
        switch route.area {
        case .api, .panel, .machine: ""
        case .member, .open, .customer:
            session?.csrfToken.reveal() ?? call.request.cookie(formCookie.name) ?? useCases.secrets.token()
        }
    }

    private func session(_ call: Call, _ route: Route) throws -> Session? {
        switch route.area {
        case .api, .panel, .machine: return nil
        case .member, .open, .customer:
            guard let cookie = call.request.cookie(sessionCookie.name), !cookie.isEmpty else { return nil }
            return try useCases.accounts.session(cookie: Secret(cookie), now: call.now)
        }
    }

    private func loginRedirect(_ request: WebRequest) -> WebResponse {
        let isReading = request.request.method == .get || request.request.method == .head
        let next = isReading ? LocalPath.checked(request.request.path) : nil
        return .redirect("/login\(PercentCoding.query([("next", next == "/" ? nil : next)]))")
    }

    /// A form has to carry its token: the session's, or without one the cookie's.
    private func refusedForm(_ call: Call, _ route: Route) throws -> WebResponse? {
        guard case .form = route.body else { return nil }
        let expected = call.session?.csrfToken.reveal() ?? call.request.cookie(formCookie.name) ?? ""
        let given = call.form["csrf"] ?? ""
        if !expected.isEmpty, useCases.secrets.matches(Array(given.utf8), Array(expected.utf8)) { return nil }
        return try errors.answer(
            .forbidden, code: "forbidden",
            "This form was opened too long ago, or in another login. Go back, reload the page and send it again.",
            area: route.area, to: call)
    }

    /// Pages with forms for people without a session set the cookie that those forms are compared with.
    private func withFormCookie(_ answer: WebResponse, _ call: Call, _ route: Route) -> WebResponse {
        guard route.area == .open || route.area == .customer, call.session == nil,
            call.request.cookie(formCookie.name) != call.formToken
        else { return answer }
        return answer.adding(cookie: formCookie.setting(call.formToken))
    }

    /// Rendering an error can fail too; then a line of text has to do.
    private func guarded(_ request: WebRequest, _ make: () throws -> WebResponse) -> WebResponse {
        do {
            return try make()
        } catch {
            logger.error("Error page failed", metadata: ["request.id": "\(request.requestID)", "error": "\(error)"])
            return .plain(
                "Something went wrong. Reference: \(request.requestID). Write to \(configuration.supportEmail).",
                status: .internalServerError)
        }
    }

    private func log(_ error: any Error, _ request: WebRequest, _ route: Route) {
        logger.error(
            "Request failed",
            metadata: [
                "request.id": "\(request.requestID)", "route": "\(route.name)",
                "error": "\(error)",
            ])
    }
}
