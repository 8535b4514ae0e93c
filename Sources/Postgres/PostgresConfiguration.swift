/// Where a connection goes and how.
///
/// The URL carries a password, so printing a configuration never shows it.
public struct PostgresConfiguration: Sendable {
    let url: String
    let applicationName: String
    let isPooled: Bool
    let connectTimeout: Duration

    /// Names a server and the manner of speaking to it.
    ///
    /// - Parameters:
    ///   - url: a connection URI or keyword string as libpq reads it. What it says on `connect_timeout` and
    ///     `keepalives…` wins over what is set here.
    ///   - applicationName: shown in `pg_stat_activity`.
    ///   - isPooled: true behind a transaction pooler: statements are not named, and `listen` is refused.
    ///   - connectTimeout: for each host; libpq counts whole seconds and no fewer than two.
    public init(
        url: String, applicationName: String, isPooled: Bool = false, connectTimeout: Duration = .seconds(5)
    ) {
        self.url = url
        self.applicationName = applicationName
        self.isPooled = isPooled
        self.connectTimeout = connectTimeout
    }

    /// Keywords for `PQconnectdbParams` in the order of their weight: a later one wins, and the URL stands at `dbname`.
    var parameters: [(keyword: String, value: String)] {
        let (seconds, attoseconds) = connectTimeout.components
        return [
            ("connect_timeout", String(max(2, seconds + (attoseconds > 0 ? 1 : 0)))),
            // A host that vanished without a word is noticed within a minute, not within the system's two hours.
            ("keepalives_idle", "30"),
            ("keepalives_interval", "10"),
            ("keepalives_count", "3"),
            ("dbname", url),
            ("application_name", applicationName),
            ("client_encoding", "UTF8"),
        ]
    }
}

extension PostgresConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The application's name and whether a pooler is in between.
    public var description: String {
        "PostgresConfiguration(\(applicationName), url: <redacted>, isPooled: \(isPooled))"
    }
    /// The same as `description`.
    public var debugDescription: String { description }
    /// Without the URL.
    public var customMirror: Mirror { Mirror(self, children: ["applicationName": applicationName]) }
}
