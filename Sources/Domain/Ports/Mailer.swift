public import FoundationEssentials

/// Hands mails to whatever delivers them.
public protocol Mailer: Sendable {
    /// Hands one mail over. Never throws: what went wrong is the outcome.
    func send(_ letter: Letter) async -> MailOutcome
}

/// A mail as it is handed over.
public struct Letter: Hashable, Sendable {
    /// A name and an address.
    public struct Party: Hashable, Sendable {
        /// Any text; may be empty.
        public let name: String
        /// `local@domain`.
        public let address: String

        /// Makes a party.
        public init(name: String, address: String) {
            self.name = name
            self.address = address
        }
    }

    /// `left@right`, without angle brackets: the same for every attempt at the same letter.
    public let messageID: String
    /// Who sends.
    public let sender: Party
    /// Who gets the answers.
    public let replyTo: Party?
    /// To whom.
    public let recipient: Party
    /// Any text; one line of it is used.
    public let subject: String
    /// Plain text.
    public let body: String
    /// The date in the header.
    public let date: Date

    /// Makes a letter.
    public init(
        messageID: String, sender: Party, replyTo: Party?, recipient: Party, subject: String, body: String, date: Date
    ) {
        self.messageID = messageID
        self.sender = sender
        self.replyTo = replyTo
        self.recipient = recipient
        self.subject = subject
        self.body = body
        self.date = date
    }
}

/// What became of a letter.
public enum MailOutcome: Hashable, Sendable {
    /// It was taken over.
    case sent
    /// It will never be taken.
    case refused(String)
    /// It was not taken now; later it may be.
    case postponed(String)
    /// Nobody knows whether it was taken.
    case unclear(String)
}
