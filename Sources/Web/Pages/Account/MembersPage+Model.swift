import Domain
import FoundationEssentials

/// Who works in the company's books, and who was invited to.
struct MembersPage: Page {
    struct Row: Sendable {
        let email: String
        let role: String
        let isSelf: Bool
        let otherRole: String
        let otherRoleLabel: String
        let rolePath: String
        let removePath: String
    }

    struct InvitationRow: Sendable {
        let email: String
        let role: String
        let status: String
        let tone: String
        let reason: String
        let withdrawPath: String
    }

    /// An invitation whose link nobody mails: shown this once.
    struct Fresh: Sendable {
        let email: String
        let link: String
    }

    let title = "Members"
    let companyName: String
    let mayManage: Bool
    let rows: [Row]
    let invitations: [InvitationRow]
    let hasInvitations: Bool
    let fresh: Fresh?
    let email: String
    let problem: String?

    init(
        _ members: [Member], _ invitations: [AccountLink], session: Session, fresh: Fresh? = nil, email: String = "",
        problem: String? = nil, now: Date
    ) {
        companyName = session.company.name
        mayManage = session.member.role == .owner
        rows = members.map { member in
            let other: Member.Role = member.role == .owner ? .member : .owner
            return Row(
                email: member.email, role: Self.label(member.role), isSelf: member.id == session.member.id,
                otherRole: other.rawValue, otherRoleLabel: "Make \(Self.label(other).lowercased())",
                rolePath: "/settings/members/\(member.id.text)/role",
                removePath: "/settings/members/\(member.id.text)/remove")
        }
        self.invitations = invitations.map { InvitationRow($0, now: now) }
        hasInvitations = !invitations.isEmpty
        self.fresh = fresh
        self.email = email
        self.problem = problem
    }

    static func label(_ role: Member.Role) -> String {
        switch role {
        case .owner: "Owner"
        case .member: "Member"
        }
    }
}

extension MembersPage.InvitationRow {
    init(_ link: AccountLink, now: Date) {
        email = link.email
        role = MembersPage.label(link.role ?? .member)
        reason = link.reason ?? ""
        withdrawPath = "/settings/invitations/\(link.id.text)/withdraw"
        guard link.expiresAt > now else {
            (status, tone) = ("Ran out", "bad")
            return
        }
        switch link.state {
        case .waiting, .sending: (status, tone) = ("Is being mailed", "busy")
        case .sent: (status, tone) = ("Mailed", "good")
        case .unclear: (status, tone) = ("Perhaps mailed", "")
        case .failed: (status, tone) = ("Not mailed", "bad")
        case .shown: (status, tone) = ("Link was shown", "")
        }
    }
}
