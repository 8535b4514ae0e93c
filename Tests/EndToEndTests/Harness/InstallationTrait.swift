import Testing

/// Gives a suite one running installation, shared by its tests as `Installation.current`.
struct InstallationTrait: SuiteTrait, TestScoping {
    var isPooled = false
    var companyCount = 1
    var personCount = 320

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await Installation.lend(
            isPooled: isPooled, companyCount: companyCount, personCount: personCount
        ) { installation in
            try await Installation.$current.withValue(installation) { try await function() }
        }
    }
}

extension Trait where Self == InstallationTrait {
    /// The suite has an installation of its own.
    static var installed: Self { Self() }
    /// The same with PgBouncer in transaction mode between its processes and the database.
    static var installedBehindPooler: Self { Self(isPooled: true) }
    /// The same with so many persons in Pipedrive.
    static func installed(personCount: Int) -> Self { Self(personCount: personCount) }
    /// The same with two companies in Pipedrive.
    static var installedForTwo: Self { Self(companyCount: 2) }
}
