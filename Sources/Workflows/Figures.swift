public import Domain

/// The figures of all companies that the books keep up for the panel, looked at by an operator.
public struct Figures: Sendable {
    private let storage: any Storage

    /// Wires the use case.
    public init(storage: any Storage) {
        self.storage = storage
    }

    /// The books keep a figure that their documents do not give.
    public struct Differing: Error, CustomStringConvertible {
        /// Of how many contacts.
        public let count: Int
        /// What is wrong, and what helps.
        public var description: String {
            "\(count) contacts show other figures than their documents give: run paydock doctor --rebuild-figures"
        }
    }

    /// Compares every figure with the documents; reads them all. Throws `Differing`.
    public func check() throws {
        let count = try storage.transaction(.cron(nil)) { try $0.figures.differing() }
        if count > 0 { throw Differing(count: count) }
    }

    /// Makes all figures anew; how many lines they have. Writes to invoices, subscriptions and contacts wait for it.
    public func rebuild() throws -> Int { try storage.transaction(.cron(nil)) { try $0.figures.rebuild() } }
}
