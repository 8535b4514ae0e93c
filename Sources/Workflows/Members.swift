public import Domain
public import FoundationEssentials

/// Who works in a company's books: invitations, roles, passwords.
public struct Members: Sendable {
    private let storage: any Storage
    private let secrets: any SecretSource
    private let accounts: Accounts
    /// Whether links go out by mail; else the page shows an invitation's link, and passwords are reset by the operator.
    public let isMailing: Bool

    /// Wires the use case.
    public init(storage: any Storage, secrets: any SecretSource, accounts: Accounts, isMailing: Bool) {
        self.storage = storage
        self.secrets = secrets
        self.accounts = accounts
        self.isMailing = isMailing
    }

    // MARK: The members of a company

    /// The members and the invitations that are out.
    public func overview(_ company: Company.ID) throws -> (members: [Member], invitations: [AccountLink]) {
        try storage.transaction(.web(company)) { (try $0.members.members(), try $0.accountLinks.invitations()) }
    }

    /// Invites a person. The token, when nobody mails it and the page has to show it; nil when it is mailed.
    ///
    /// Throws `forbidden` for who is no owner, `invalid` for no address, `conflict` when the address has a login.
    public func invite(email: String, role: Member.Role, session: Session, now: Date) throws -> Secret? {
        try Self.checkOwner(session)
        guard let address = EmailAddress.normalized(email) else {
            throw Refusal(.invalid, "That is no e-mail address.", fields: ["email": "is no e-mail address"])
        }
        let token = isMailing ? nil : Secret(secrets.token())
        try storage.transaction(.web(session.company.id)) { transaction in
            guard try transaction.directory.company(loginEmail: address) == nil else {
                throw Refusal(.conflict, "This e-mail address has a login already.", fields: ["email": "is taken"])
            }
            try transaction.accountLinks.insert(
                AccountLink(
                    id: AccountLink.ID(UUID()), purpose: .invitation, email: address, role: role,
                    state: isMailing ? .waiting : .shown,
                    expiresAt: now.addingTimeInterval(AccountLink.Purpose.invitation.seconds)),
                tokenHash: token.map { secrets.digest($0.reveal()) })
        }
        return token
    }

    /// Takes an invitation back. Throws `forbidden`, or `notFound` when it was accepted meanwhile.
    public func withdraw(_ id: AccountLink.ID, session: Session) throws {
        try Self.checkOwner(session)
        let isGone = try storage.transaction(.web(session.company.id)) { try $0.accountLinks.remove(id) }
        guard isGone else { throw Refusal(.notFound, "This invitation does not stand any more.") }
    }

    /// Gives a member another role. Throws `forbidden`, `notFound`, or `conflict` when no owner would be left.
    public func change(_ id: Member.ID, to role: Member.Role, session: Session) throws {
        try Self.checkOwner(session)
        let isDone = try storage.transaction(.web(session.company.id)) { try $0.members.change(id, to: role) }
        guard isDone else { throw Refusal(.notFound, "There is no such member.") }
    }

    /// Removes a member, whose sessions end. Throws as `change` does.
    public func remove(_ id: Member.ID, session: Session) throws {
        try Self.checkOwner(session)
        let isDone = try storage.transaction(.web(session.company.id)) { try $0.members.remove(id) }
        guard isDone else { throw Refusal(.notFound, "There is no such member.") }
    }

    private static func checkOwner(_ session: Session) throws {
        guard session.member.role == .owner else {
            throw Refusal(.forbidden, "Only an owner of \(session.company.name) can do this.")
        }
    }

    // MARK: Passwords

    /// Replaces the member's own password; the other sessions end, this one stays.
    ///
    /// Throws `invalid` for a short password or a wrong old one, `unavailable` after too many wrong ones.
    public func changePassword(from old: Secret, to new: Secret, session: Session, now: Date) throws {
        try accounts.proving(session, password: old, now: now)
        try Accounts.check(new)
        let hash = try secrets.passwordHash(new)
        _ = try storage.transaction(.web(session.company.id)) {
            try $0.members.replacePassword(email: session.member.email, hash: hash, keeping: session.tokenHash)
        }
    }

    /// Asks for a link by which a new password can be chosen. Says nothing of whether the address has a login.
    ///
    /// Throws `unavailable` after too many from one address, or when this server sends no mail.
    public func forgot(email: String, remoteAddress: String?, now: Date) throws {
        guard isMailing else { throw Refusal(.unavailable, "This server sends no mail.") }
        try accounts.throttle("forgot", remoteAddress ?? "", now: now)
        guard let address = EmailAddress.normalized(email) else { return }
        // A mailbox can't be flooded either; that it is not, is nobody's business.
        guard try accounts.isBelowLimit("forgot-account", address, now: now) else { return }
        guard let company = try storage.transaction(.web(nil), { try $0.directory.company(loginEmail: address) }) else {
            return
        }
        try storage.transaction(.web(company)) {
            try $0.accountLinks.insert(
                AccountLink(
                    id: AccountLink.ID(UUID()), purpose: .reset, email: address, role: nil, state: .waiting,
                    expiresAt: now.addingTimeInterval(AccountLink.Purpose.reset.seconds)), tokenHash: nil)
        }
    }

    /// What a link is good for.
    public struct OpenLink: Sendable {
        /// The link.
        public let link: AccountLink
        /// Whose.
        public let company: Company
    }

    /// The link of a token; nil when it is unknown, used, replaced or over.
    public func link(_ token: Secret, purpose: AccountLink.Purpose, now: Date) throws -> OpenLink? {
        let hash = secrets.digest(token.reveal())
        guard let company = try storage.transaction(.web(nil), { try $0.directory.company(linkHash: hash) }) else {
            return nil
        }
        return try storage.transaction(.web(company)) { transaction in
            guard let link = try transaction.accountLinks.link(tokenHash: hash, now: now), link.purpose == purpose,
                let company = try transaction.accounts.company()
            else { return nil }
            return OpenLink(link: link, company: company)
        }
    }

    /// Uses a link up: gives the member the new password, or adds the invited person. All sessions of the member end.
    ///
    /// Throws `notFound` for a link that does not work, `invalid` for a short password, `conflict` when the invited
    /// address got a login elsewhere.
    public func use(_ token: Secret, purpose: AccountLink.Purpose, password: Secret, now: Date) throws {
        try Accounts.check(password)
        guard let open = try link(token, purpose: purpose, now: now) else { throw Self.isOver }
        let hash = try secrets.passwordHash(password)
        try storage.transaction(.web(open.company.id)) { transaction in
            // Of two at the same moment one removes it.
            guard try transaction.accountLinks.remove(open.link.id) else { throw Self.isOver }
            switch purpose {
            case .reset:
                guard
                    try transaction.members.replacePassword(email: open.link.email, hash: hash, keeping: nil)
                else { throw Self.isOver }
            case .invitation:
                try transaction.members.add(
                    Member(
                        id: Member.ID(UUID()), companyID: open.company.id, email: open.link.email,
                        role: open.link.role ?? .member), passwordHash: hash)
            }
        }
    }

    private static let isOver = Refusal(
        .notFound, "This link was used before, was replaced by a newer one, or is over.")
}
