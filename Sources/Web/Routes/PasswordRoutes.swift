import Domain
import HTTPTypes
import Workflows

/// Getting in without a password: a forgotten one, and an invitation.
///
/// Neither logs in by itself: a link that somebody else sent could put a person into a stranger's account unnoticed.
struct PasswordRoutes: Sendable {
    let useCases: UseCases
    let frame: PageFrame

    var routes: [Route] {
        [
            Route(.get, "/forgot", .open) { try forgotForm($0) },
            Route(.post, "/forgot", .open, body: .form) { try forgot($0) },
            Route(.get, "/forgot/{token}", .open) { try linkForm($0, .reset) },
            Route(.post, "/forgot/{token}", .open, body: .form) { try use($0, .reset) },
            Route(.get, "/invitation/{token}", .open) { try linkForm($0, .invitation) },
            Route(.post, "/invitation/{token}", .open, body: .form) { try use($0, .invitation) },
        ]
    }

    private func forgotForm(
        _ call: Call, email: String = "", problem: String? = nil, status: HTTPResponse.Status = .ok
    ) throws -> WebResponse {
        try frame.answer(
            ForgotPage(
                isMailing: useCases.members.isMailing, email: email, problem: problem,
                supportEmail: frame.supportEmail), to: call, status: status)
    }

    private func forgot(_ call: Call) throws -> WebResponse {
        let email = call.form.trimmed("email") ?? ""
        do {
            try useCases.members.forgot(email: email, remoteAddress: call.request.remoteAddress, now: call.now)
        } catch let refusal as Refusal where refusal.code == .unavailable {
            return try forgotForm(call, email: email, problem: refusal.message, status: .tooManyRequests)
        }
        return try frame.answer(
            MessagePage(
                title: "Look into your mailbox",
                message: "If \(email) has a login here, a mail with a link is on its way. The link works for an hour. "
                    + "Nothing comes? Look at the address again, and into the spam folder.",
                actionPath: "/login", actionLabel: "Back to log in"), to: call)
    }

    private func linkForm(
        _ call: Call, _ purpose: AccountLink.Purpose, problem: String? = nil, status: HTTPResponse.Status = .ok
    ) throws -> WebResponse {
        let token = Secret(call.parameter("token"))
        guard let open = try useCases.members.link(token, purpose: purpose, now: call.now) else {
            return try frame.answer(Self.over(purpose), to: call, status: .notFound)
        }
        return try frame.answer(
            LinkPasswordPage(open, path: "\(purpose.path)/\(token.reveal())", problem: problem), to: call,
            status: status)
    }

    private static func over(_ purpose: AccountLink.Purpose) -> MessagePage {
        switch purpose {
        case .reset:
            MessagePage(
                title: "This link does not work any more",
                message: "A link to a new password works once, for an hour, and only the latest one that you asked "
                    + "for. Ask for a new one.", actionPath: "/forgot", actionLabel: "Ask for a new link")
        case .invitation:
            MessagePage(
                title: "This invitation does not work any more",
                message: "It was used before, taken back, or is older than seven days. If you have your login already, "
                    + "log in; else ask whoever invited you to do it again.", actionPath: "/login",
                actionLabel: "To log in")
        }
    }

    private func use(_ call: Call, _ purpose: AccountLink.Purpose) throws -> WebResponse {
        do {
            try useCases.members.use(
                Secret(call.parameter("token")), purpose: purpose, password: Secret(call.form["new_password"] ?? ""),
                now: call.now)
        } catch let refusal as Refusal where refusal.code == .invalid || refusal.code == .conflict {
            return try linkForm(call, purpose, problem: refusal.message, status: .unprocessableContent)
        } catch let refusal as Refusal where refusal.code == .notFound {
            return try frame.answer(Self.over(purpose), to: call, status: .notFound)
        }
        let notice = purpose == .reset ? Notice.passwordChanged : .joined
        return .redirect("/login?done=\(notice.rawValue)")
    }
}
