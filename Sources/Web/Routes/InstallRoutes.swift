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
        let outcome: Installs.Outcome
        do {
            outcome = try await useCases.installs.callback(
                code: Secret(code), state: call.query["state"].flatMap { $0.isEmpty ? nil : $0 },
                session: call.session, now: call.now)
        } catch let refusal as Refusal {
            return try refused(refusal, call)
        }
        switch outcome {
        case .connected: return .redirect("/apps/pipedrive?done=connected")
        case .already(let connection):
            return try frame.answer(
                MessagePage(
                    title: "Pipedrive is connected already",
                    message: "This page was opened before, and it worked: \(connection.pipedriveCompanyName) is "
                        + "connected. There is nothing more to do here.",
                    actionPath: "/apps/pipedrive", actionLabel: "To the settings"), to: call)
        case .pending(let ticket):
            return WebResponse.redirect("/apps/pipedrive/link").adding(
                cookie: ticketCookie.setting(ticket.reveal(), seconds: 3600))
        }
    }

    /// What a person sees whose install came to nothing: what happened, that nothing was changed, and what to do.
    private func refused(_ refusal: Refusal, _ call: Call) throws -> WebResponse {
        let (title, advice, path, label) =
            switch refusal.code {
            case .invalid:
                (
                    "This link has been used or is too old",
                    "If it was opened twice just now, the other one may have connected: the app's page says so. Press "
                        + "Install there if it does not, and allow it within ten minutes.",
                    "/apps/pipedrive", "To the Pipedrive app"
                )
            case .forbidden where call.session == nil:
                (
                    "This install was started elsewhere",
                    "Nothing was connected. Log in here, and press Install in this browser.",
                    "/login?next=%2Fapps%2Fpipedrive", "Log in"
                )
            case .forbidden:
                (
                    "Nothing was connected", "Press Install in this browser if you may, or ask an owner to do it.",
                    "/apps/pipedrive", "To the Pipedrive app"
                )
            case .conflict:
                (
                    "Nothing was connected",
                    "A Pipedrive company and a PayDock company go together one to one. Disconnect the other one first, "
                        + "and install again then.", "/apps/pipedrive", "To the Pipedrive app"
                )
            case .unavailable:
                (
                    "Pipedrive did not answer", "Nothing was changed. Wait a moment, and press Install again.",
                    "/apps/pipedrive", "Start again"
                )
            default: throw refusal
            }
        return try frame.answer(
            MessagePage(
                title: title, message: "\(refusal.message) \(advice)", actionPath: path, actionLabel: label), to: call,
            status: ErrorAnswers.status(refusal.code))
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
        let installs = useCases.installs
        return try frame.answer(
            LinkPage(
                user: user, session: call.session,
                mayConnect: try call.session.map { try installs.mayConnect($0) } ?? false,
                replaced: try call.session.flatMap { try installs.replaced(by: user, session: $0) }), to: call)
    }

    private func link(_ call: Call) throws -> WebResponse {
        guard let ticket = ticket(call) else { return .redirect("/apps/pipedrive/link") }
        do {
            _ = try useCases.installs.confirm(ticket: ticket, session: try call.member(), now: call.now)
        } catch let refusal as Refusal where refusal.code == .notFound {
            // Sent twice: the first one connected, or the hour is over.
            return .redirect("/apps/pipedrive/link")
        } catch let refusal as Refusal {
            return try refused(refusal, call)
        }
        return WebResponse.redirect("/apps/pipedrive?done=connected").adding(cookie: ticketCookie.removing())
    }

    private func disconnect(_ call: Call) async throws -> WebResponse {
        let isTold = try await useCases.installs.disconnect(session: try call.member())
        return .redirect("/apps/pipedrive?done=\((isTold ? Notice.disconnected : .disconnectedHere).rawValue)")
    }

    private func uninstalled(_ call: Call) throws -> WebResponse {
        // Credentials first: who is not Pipedrive learns nothing about the body.
        let authorization = call.request.request.headerFields[.authorization]
        try useCases.installs.checkClient(authorization: authorization)
        let reader = try FieldReader(
            body: call.request.body, allowed: ["client_id", "company_id", "user_id", "timestamp"], ignoresOthers: true)
        guard let company = reader.integer("company_id"), let user = reader.integer("user_id") else {
            try reader.finish()
            throw Refusal(.invalid, "company_id and user_id are required.")
        }
        try useCases.installs.uninstalled(
            authorization: authorization, companyID: PipedriveCompany.ID(company), userID: PipedriveUser.ID(user))
        return .plain("ok")
    }
}
