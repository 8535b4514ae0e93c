import Domain
import HTTPTypes
import Workflows

/// Who works in a company's books, and a member's own password.
struct MemberRoutes: Sendable {
    let useCases: UseCases
    let frame: PageFrame

    var routes: [Route] {
        [
            Route(.get, "/settings/members", .member) { try show($0) },
            Route(.post, "/settings/members", .member, body: .form) { try invite($0) },
            Route(.post, "/settings/members/{id}/role", .member, body: .form) { try changeRole($0) },
            Route(.post, "/settings/members/{id}/remove", .member, body: .form) { call in
                try useCases.members.remove(try call.identifier("id", of: "member"), session: try call.member())
                return done(.removed)
            },
            Route(.post, "/settings/invitations/{id}/withdraw", .member, body: .form) { call in
                try useCases.members.withdraw(try call.identifier("id", of: "invitation"), session: try call.member())
                return done(.withdrawn)
            },
            Route(.get, "/settings/password", .member) { try passwordForm($0) },
            Route(.post, "/settings/password", .member, body: .form) { try changePassword($0) },
        ]
    }

    private func done(_ notice: Notice) -> WebResponse { .redirect("/settings/members?done=\(notice.rawValue)") }

    private func show(
        _ call: Call, fresh: MembersPage.Fresh? = nil, email: String = "", problem: String? = nil,
        status: HTTPResponse.Status = .ok
    ) throws -> WebResponse {
        let session = try call.member()
        let (members, invitations) = try useCases.members.overview(session.company.id)
        return try frame.answer(
            MembersPage(
                members, invitations, session: session, fresh: fresh, email: email, problem: problem, now: call.now),
            to: call, status: status)
    }

    private func role(_ call: Call) throws -> Member.Role {
        guard let role = call.form["role"].flatMap(Member.Role.init(rawValue:)) else {
            throw Refusal(.invalid, "There is no such role.", fields: ["role": "is unknown"])
        }
        return role
    }

    private func invite(_ call: Call) throws -> WebResponse {
        let email = call.form.trimmed("email") ?? ""
        do {
            let token = try useCases.members.invite(
                email: email, role: try role(call), session: try call.member(), now: call.now)
            guard let token else { return done(.invited) }
            // Shown in the answer to the form itself: a redirect would have to keep it somewhere.
            let link = "\(useCases.publicURL)\(AccountLink.Purpose.invitation.path)/\(token.reveal())"
            return try show(call, fresh: MembersPage.Fresh(email: email, link: link))
        } catch let refusal as Refusal where refusal.code == .invalid || refusal.code == .conflict {
            return try show(call, email: email, problem: refusal.message, status: .unprocessableContent)
        }
    }

    private func changeRole(_ call: Call) throws -> WebResponse {
        do {
            try useCases.members.change(
                try call.identifier("id", of: "member"), to: try role(call), session: try call.member())
            return done(.saved)
        } catch let refusal as Refusal where refusal.code == .conflict {
            return try show(call, problem: refusal.message, status: .conflict)
        }
    }

    private func passwordForm(
        _ call: Call, problem: String? = nil, status: HTTPResponse.Status = .ok
    ) throws -> WebResponse {
        try frame.answer(
            PasswordPage(email: try call.member().member.email, problem: problem), to: call, status: status)
    }

    private func changePassword(_ call: Call) throws -> WebResponse {
        do {
            try useCases.members.changePassword(
                from: Secret(call.form["password"] ?? ""), to: Secret(call.form["new_password"] ?? ""),
                session: try call.member(), now: call.now)
            return .redirect("/settings/password?done=\(Notice.passwordChanged.rawValue)")
        } catch let refusal as Refusal where refusal.code == .invalid || refusal.code == .unavailable {
            return try passwordForm(
                call, problem: refusal.message,
                status: refusal.code == .unavailable ? .tooManyRequests : .unprocessableContent)
        }
    }
}
