import CSodium

/// The library itself, which must be started before any other call.
public enum SodiumLibrary {
    private static let startCode = sodium_init()

    /// Starts libsodium once per process; every other call does it too.
    ///
    /// Throws `libraryUnavailable`.
    public static func start() throws {
        guard startCode >= 0 else { throw SodiumError.libraryUnavailable }
    }

    /// For calls that need no more than the choice of the fastest implementation, and work without it.
    static func startIfPossible() {
        _ = startCode
    }
}
