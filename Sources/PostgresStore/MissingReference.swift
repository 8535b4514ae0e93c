internal import Domain
import Postgres

/// A row that another one is to refer to went away between the check and the insert: the input is wrong by then, as if
/// it had been so from the start.
enum MissingReference {
    private static let fields = [
        "contact_id_fkey": ("contact_id", "is no contact of yours"),
        "quote_id_fkey": ("quote_id", "is no quote of yours"),
        "organization_id_fkey": ("organization_id", "is no organization of yours"),
    ]

    /// Runs a statement. Throws `invalid` naming the field when what it refers to is gone.
    static func refusing<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as PostgresError {
            throw refusal(error) ?? error
        }
    }

    /// The refusal of a statement that failed for that; nil when it failed otherwise.
    static func refusal(_ error: PostgresError) -> Refusal? {
        guard error.isForeignKeyViolation, let constraint = error.constraint,
            let (_, (field, problem)) = fields.first(where: { constraint.hasSuffix($0.key) })
        else { return nil }
        return Refusal(.invalid, "What \(field) names was deleted meanwhile.", fields: [field: problem])
    }
}
