public import FoundationEssentials

/// A link by which a person gets in: a new password, or a place in a company. Its token is known to its reader only.
public struct AccountLink: Hashable, Sendable {
    /// Identifies a link.
    public typealias ID = Identifier<AccountLink, UUID>

    /// What a link is good for.
    public enum Purpose: String, Sendable, CaseIterable {
        /// A new password for a member.
        case reset
        /// A login in a company, for somebody who has none.
        case invitation
    }

    /// What became of the mail with it.
    public enum State: String, Sendable, CaseIterable {
        /// The mail waits; moved out when it is handed over.
        case waiting
        /// The mail is being handed over; moved out by the outcome.
        case sending
        /// The mail program took it.
        case sent
        /// Nobody knows whether the mail went out.
        case unclear
        /// The mail program refused it.
        case failed
        /// No mail: the page showed the link, once.
        case shown
    }

    /// The identifier.
    public let id: ID
    /// What it is good for.
    public let purpose: Purpose
    /// Who it is for, normalised.
    public let email: String
    /// What an invited person may do; nil for a reset.
    public let role: Member.Role?
    /// What became of the mail.
    public let state: State
    /// Why the mail did not go out.
    public let reason: String?
    /// When it ends.
    public let expiresAt: Date

    /// Makes a link value.
    public init(
        id: ID, purpose: Purpose, email: String, role: Member.Role?, state: State, reason: String? = nil,
        expiresAt: Date
    ) {
        self.id = id
        self.purpose = purpose
        self.email = email
        self.role = role
        self.state = state
        self.reason = reason
        self.expiresAt = expiresAt
    }

    private static let subjectPrefix = "link:"

    /// How a message of the queue names the mail with this link, beside the mails with documents.
    public var mailSubject: String { Self.subjectPrefix + id.text }

    /// The link that a message is about; nil for the mail of a document.
    public static func named(by subject: String) -> ID? {
        subject.hasPrefix(subjectPrefix) ? ID(text: String(subject.dropFirst(subjectPrefix.count))) : nil
    }
}
