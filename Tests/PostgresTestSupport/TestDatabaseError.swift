/// Why there is no test database.
public enum TestDatabaseError: Error, CustomStringConvertible {
    /// The variable that names the server is not set.
    case missingVariable
    /// The variable holds something else than a `postgresql://` URL.
    case malformedURL
    /// A template's label or name has other characters than lower-case letters, digits and underscores.
    case invalidLabel(String)

    /// A sentence that says what to do.
    public var description: String {
        switch self {
        case .missingVariable:
            "\(TestDatabase.urlVariable) is not set: give the URL of a PostgreSQL server, or set "
                + "\(TestDatabase.skipVariable)=1 to skip the tests that need one"
        case .malformedURL: "\(TestDatabase.urlVariable) is not a postgresql:// URL"
        case .invalidLabel(let label): "\(label) does not fit as the name of a template"
        }
    }
}
