/// Lets one browser run at a time.
///
/// Two at once on a small machine take each other's renderers and screens; which suites run beside each other is not for
/// a test to know.
actor BrowserTurn {
    static let shared = BrowserTurn()

    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Runs the body once no other browser does.
    func take(_ body: @Sendable () async throws -> Void) async throws {
        await begin()
        defer { end() }
        try await body()
    }

    private func begin() async {
        guard isTaken else {
            isTaken = true
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    /// The turn passes to whoever waited longest, without becoming free in between.
    private func end() {
        if waiting.isEmpty {
            isTaken = false
        } else {
            waiting.removeFirst().resume()
        }
    }
}
