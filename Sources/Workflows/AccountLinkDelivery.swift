public import Domain
public import FoundationEssentials

/// Hands the mail with a link over: a new password, an invitation. The link's token is made here and stands nowhere else.
public struct AccountLinkDelivery: Sendable {
    private let storage: any Storage
    private let mailer: (any Mailer)?
    private let secrets: any SecretSource
    private let senderAddress: String
    private let publicURL: String
    private let clock: @Sendable () -> Date

    /// Wires the use case; without a mailer, mails wait. `publicURL` has no slash at the end.
    public init(
        storage: any Storage, mailer: (any Mailer)?, secrets: any SecretSource, senderAddress: String,
        publicURL: String, clock: @escaping @Sendable () -> Date
    ) {
        self.storage = storage
        self.mailer = mailer
        self.secrets = secrets
        self.senderAddress = senderAddress
        self.publicURL = publicURL
        self.clock = clock
    }

    /// Delivers. The token is committed before the mail program is started, so that no link goes out that does not work;
    /// a mail that was cut off in between is shown as unclear and not repeated: the person can ask again.
    public func deliver(_ id: AccountLink.ID, company: Company.ID) async throws -> DeliveryResult {
        guard let mailer else { return .snoozed(seconds: 300, reason: "PAYDOCK_SENDMAIL is not set for the drainer") }
        let token = secrets.token()
        let letter = try storage.transaction(.cron(company)) { transaction -> Letter? in
            guard let link = try transaction.accountLinks.arm(id, tokenHash: secrets.digest(token)),
                let company = try transaction.accounts.company()
            else {
                let reason = "Cut off while the mail was handed over: it may have been sent."
                try transaction.accountLinks.settle(id, .unclear, reason: reason)
                return nil
            }
            return compose(link, token: token, company: company.name)
        }
        guard let letter else { return .cancelled(reason: "The link does not wait for its mail any more") }
        let (state, reason, result): (AccountLink.State, String?, DeliveryResult) =
            switch await mailer.send(letter) {
            case .sent: (.sent, nil, .completed(note: "handed to the mail program"))
            case .refused(let reason): (.failed, reason, .discarded(reason: reason))
            case .unclear(let reason): (.unclear, reason, .discarded(reason: reason))
            case .postponed(let reason):
                (.waiting, reason, .failed(reason: reason, retryAfterSeconds: nil, isUnclear: false))
            }
        try storage.transaction(.cron(company)) { try $0.accountLinks.settle(id, state, reason: reason) }
        return result
    }

    private func compose(_ link: AccountLink, token: String, company: String) -> Letter {
        let place = "\(publicURL)\(link.purpose.path)/\(token)"
        let (subject, body) =
            switch link.purpose {
            case .reset:
                (
                    "Your new PayDock password",
                    """
                    Somebody asked for a new password for \(link.email) at PayDock.

                    To choose one, open this link within an hour:
                    \(place)

                    If it was not you, do nothing: the old password stays.
                    """
                )
            case .invitation:
                (
                    "\(company) invites you to PayDock",
                    """
                    \(company) would like you to work in its PayDock books.

                    To choose a password and join, open this link within seven days:
                    \(place)

                    You will log in as \(link.email).
                    """
                )
            }
        return Letter(
            messageID: "\(UUID().uuidString.lowercased())@\(host)",
            sender: Letter.Party(name: "PayDock", address: senderAddress), replyTo: nil,
            recipient: Letter.Party(name: "", address: link.email), subject: subject, body: body, date: clock())
    }

    private var host: String {
        let authority = publicURL.split(separator: "/").dropFirst().first.map(String.init) ?? ""
        return authority.split(separator: ":").first.map(String.init) ?? "localhost"
    }

    /// The message is out of attempts: the mail has failed.
    func gaveUp(_ id: AccountLink.ID, company: Company.ID, reason: String) throws {
        try storage.transaction(.cron(company)) { try $0.accountLinks.settle(id, .failed, reason: reason) }
    }
}

extension AccountLink.Purpose {
    /// Where its links lead on this site.
    public var path: String {
        switch self {
        case .reset: "/forgot"
        case .invitation: "/invitation"
        }
    }

    /// How long its links work.
    var seconds: Double {
        switch self {
        case .reset: 3600
        case .invitation: 7 * 24 * 3600
        }
    }
}
