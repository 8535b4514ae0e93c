public import Domain
public import FoundationEssentials

/// Hands the mail of a document to the mail program, at most once unless a person asks for more.
public struct MailDelivery: Sendable {
    private let storage: any Storage
    private let mailer: (any Mailer)?
    private let senderAddress: String
    private let host: String
    private let clock: @Sendable () -> Date

    /// Wires the use case.
    ///
    /// - Parameters:
    ///   - mailer: nil when this process has none; mails wait then.
    ///   - senderAddress: what mails come from; the company's name stands before it and its owner gets the answers.
    ///   - publicURL: its host stands in every Message-ID.
    public init(
        storage: any Storage, mailer: (any Mailer)?, senderAddress: String, publicURL: String,
        clock: @escaping @Sendable () -> Date
    ) {
        self.storage = storage
        self.mailer = mailer
        self.senderAddress = senderAddress
        self.clock = clock
        let authority = publicURL.split(separator: "/").dropFirst().first ?? ""
        // What stands in brackets, an address of IPv6, can't stand in a Message-ID without them.
        host =
            authority.hasPrefix("[")
            ? "localhost" : authority.split(separator: ":").first.map(String.init) ?? "localhost"
    }

    /// Delivers. `sending` is committed before the mail program is started: whoever finds it so was cut off between
    /// that program and the result, and does not repeat it.
    public func deliver(_ subject: String, company: Company.ID) async throws -> DeliveryResult {
        guard let id = Mail.ID(text: subject) else { return .discarded(reason: "The message names no mail") }
        guard let mailer else { return .snoozed(seconds: 300, reason: "PAYDOCK_SENDMAIL is not set for the drainer") }
        let begun = try storage.transaction(.cron(company)) { transaction in
            guard let mail = try transaction.mails.mail(id) else { return nil as Begun? }
            guard mail.state == .waiting else {
                let reason = "Cut off while the mail was handed over: it may have been sent."
                _ = try transaction.mails.move(id, from: [.sending], to: .unclear, reason: reason)
                return .isOver(mail.state)
            }
            guard let letter = try letter(mail, transaction) else { return nil }
            _ = try transaction.mails.move(id, from: [.waiting], to: .sending, reason: nil)
            return .letter(letter)
        }
        switch begun {
        case nil: return .discarded(reason: "The mail is gone")
        case .isOver(.sending): return .discarded(reason: "Whether the mail was sent is unclear")
        case .isOver(let state): return .cancelled(reason: "The mail is \(state.rawValue)")
        case .letter(let letter): return try settle(id, await mailer.send(letter), company)
        }
    }

    private enum Begun {
        case letter(Letter)
        case isOver(Mail.State)
    }

    private func letter(_ mail: Mail, _ transaction: any StorageTransaction) throws -> Letter? {
        guard let recipient = mail.recipient, let company = try transaction.accounts.company() else { return nil }
        let replyTo = try transaction.mails.replyAddress()
        return Letter(
            messageID: "\(mail.id.text)@\(host)",
            sender: Letter.Party(name: company.name, address: senderAddress),
            replyTo: replyTo.map { Letter.Party(name: company.name, address: $0) },
            recipient: Letter.Party(name: mail.recipientName, address: recipient), subject: mail.text.subject,
            body: mail.text.body, date: clock())
    }

    private func settle(_ id: Mail.ID, _ outcome: MailOutcome, _ company: Company.ID) throws -> DeliveryResult {
        let (state, reason, result): (Mail.State, String?, DeliveryResult) =
            switch outcome {
            case .sent: (.sent, nil, .completed(note: "handed to the mail program"))
            case .refused(let reason): (.failed, reason, .discarded(reason: reason))
            case .unclear(let reason): (.unclear, reason, .discarded(reason: reason))
            case .postponed(let reason):
                (.waiting, reason, .failed(reason: reason, retryAfterSeconds: nil, isUnclear: false))
            }
        _ = try storage.transaction(.cron(company)) {
            try $0.mails.move(id, from: [.sending], to: state, reason: reason)
        }
        return result
    }

    /// The message is out of attempts: the mail has failed.
    func gaveUp(_ subject: String, company: Company.ID, reason: String) throws {
        guard let id = Mail.ID(text: subject) else { return }
        _ = try storage.transaction(.cron(company)) {
            try $0.mails.move(id, from: [.waiting], to: .failed, reason: reason)
        }
    }
}
