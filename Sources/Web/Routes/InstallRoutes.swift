import Domain
import HTTPTypes
import Workflows

/// Leaving for Pipedrive's consent page and coming back.
struct InstallRoutes: Sendable {
    let useCases: UseCases
    let frame: PageFrame
    let configuration: WebConfiguration

    var routes: [Route] {
        [
            Route(.post, "/apps/pipedrive/install", .member, body: .form) { try start($0) },
            Route(.get, "/apps/pipedrive/start", .open) { try start($0) },
            Route(.get, "/apps/pipedrive/link", .open) { try linkForm($0) },
            Route(.post, "/apps/pipedrive/link", .member, body: .form) { try link($0) },
            Route(.post, "/apps/pipedrive/disconnect", .member, body: .form) { try await disconnect($0) },
            Route(.get, "/oauth/pipedrive/callback", .open) { try await callback($0) },
            Route(.delete, "/oauth/pipedrive/callback", .machine, body: .bytes(limit: 100_000)) { try uninstalled($0) },
            Route(.post, "/oauth/pipedrive/callback", .machine, body: .bytes(limit: 100_000)) { _ in
                // Share status: who may see the app says nothing that we keep; each user's own grant decides.
                .plain("ok")
            },
        ]
    }

    private var ticketCookie: SiteCookie { .ticket(isSecure: configuration.isSecure) }

    private func start(_ call: Call) throws -> WebResponse {
        .redirect(try useCases.installs.authorizeURL(session: call.session, now: call.now), status: .found)
    }

    private func callback(_ call: Call) async throws -> WebResponse {
        guard let code = call.query.trimmed("code") else {
            return try frame.answer(
                MessagePage(
                    title: "Pipedrive is not connected",
                    message: call.query["error"] == "user_denied"
                        ? "You did not give access in Pipedrive, so nothing was connected and nothing was changed."
                        : "Pipedrive sent you back without giving access. Nothing was changed.",
                    actionPath: "/apps/pipedrive", actionLabel: "Back to the Pipedrive app"), to: call)
        }
        let outcome = try await useCases.installs.callback(
            code: Secret(code), state: call.query["state"].flatMap { $0.isEmpty ? nil : $0 }, session: call.session,
            now: call.now)
        switch outcome {
        case .connected: return .redirect("/apps/pipedrive?done=connected")
        case .pending(let ticket):
            return WebResponse.redirect("/apps/pipedrive/link").adding(
                cookie: ticketCookie.setting(ticket.reveal(), seconds: 3600))
        }
    }

    private func ticket(_ call: Call) -> Secret? {
        call.request.cookie(ticketCookie.name).flatMap { $0.isEmpty ? nil : Secret($0) }
    }

    private func linkForm(_ call: Call) throws -> WebResponse {
        guard let ticket = ticket(call), let user = try useCases.installs.pending(ticket: ticket, now: call.now) else {
            return try frame.answer(
                MessagePage(
                    title: "No install is waiting",
                    message: "An install from Pipedrive waits one hour for you to finish it. Start again from the "
                        + "Pipedrive Marketplace, or from the App Store here.",
                    actionPath: "/apps/pipedrive", actionLabel: "To the Pipedrive app"), to: call)
        }
        return try frame.answer(LinkPage(user: user, session: call.session), to: call)
    }

    private func link(_ call: Call) throws -> WebResponse {
        guard let ticket = ticket(call) else { return .redirect("/apps/pipedrive/link") }
        _ = try useCases.installs.confirm(ticket: ticket, session: try call.member(), now: call.now)
        return WebResponse.redirect("/apps/pipedrive?done=connected").adding(cookie: ticketCookie.removing())
    }

    private func disconnect(_ call: Call) async throws -> WebResponse {
        let isTold = try await useCases.installs.disconnect(session: try call.member())
        return .redirect("/apps/pipedrive?done=\((isTold ? Notice.disconnected : .disconnectedHere).rawValue)")
    }

    private func uninstalled(_ call: Call) throws -> WebResponse {
        let authorization = call.request.request.headerFields[.authorization]
        let reader = try FieldReader(
            body: call.request.body, allowed: ["client_id", "company_id", "user_id", "timestamp"], ignoresOthers: true)
        let (company, user) = (reader.integer("company_id"), reader.integer("user_id"))
        // Credentials first: who is not Pipedrive learns nothing about the body.
        try useCases.installs.uninstalled(
            authorization: authorization, companyID: PipedriveCompany.ID(company ?? 0),
            userID: PipedriveUser.ID(user ?? 0))
        if company == nil { reader.refuse("company_id", "is required") }
        if user == nil { reader.refuse("user_id", "is required") }
        try reader.finish()
        return .plain("ok")
    }
}
