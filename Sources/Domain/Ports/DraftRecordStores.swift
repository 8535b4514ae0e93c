/// Records of draftings, and trials that a person asks for.
public protocol DraftRecordStore {
    /// Asks for a trial of a deal, to be compared with a quote if one is given, and queues the message. Throws
    /// `conflict` without a live connection.
    func ask(_ deal: Deal.ID, comparedWith quote: Quote.ID?) throws -> DraftRecord.ID
    /// A record; nil when there is none, or retention removed it.
    func record(_ id: DraftRecord.ID) throws -> DraftRecord?
    /// Keeps how a quote was made.
    func keep(_ outcome: DraftOutcome, deal: Deal.ID, quote: Quote.ID) throws
    /// Keeps what came of a trial; false when it is not waited for any more.
    @discardableResult
    func finish(_ id: DraftRecord.ID, _ outcome: DraftOutcome) throws -> Bool
    /// Keeps why nothing came of a trial.
    func fail(_ id: DraftRecord.ID, reason: String) throws
    /// Records that concern a quote, newest first, at most five.
    func records(of quote: Quote.ID) throws -> [DraftRecord]
    /// The newest trials that concern no quote, at most five.
    func trials() throws -> [DraftRecord]
}

/// What a company's drafting has cost today, in tokens, in a row that all hosts share. The day is UTC's.
public protocol DraftSpendStore {
    /// Sets tokens aside for one question before it is asked; false when the day's limit does not allow them.
    func reserve(_ tokens: Int, limit: Int) throws -> Bool
    /// Replaces what was set aside by what it cost in the end.
    func settle(reserved: Int, spent: Int) throws
    /// Tokens and questions of today.
    func today() throws -> DraftSpend
}

/// What drafting has cost on one day.
public struct DraftSpend: Hashable, Sendable {
    /// Tokens, those that are set aside included.
    public let tokens: Int
    /// Questions to a model, those without an answer included.
    public let questions: Int

    /// Makes the value.
    public init(tokens: Int, questions: Int) {
        self.tokens = tokens
        self.questions = questions
    }
}
