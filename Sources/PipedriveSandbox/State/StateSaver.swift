/// Writes the state to its file shortly after it changed.
struct StateSaver: Sendable {
    private static let pause = Duration.milliseconds(500)

    let file: StateFile
    let store: Store

    /// Saves until cancelled; throws when the file cannot be written.
    func run() async throws {
        var saved = store.currentRevision
        while !Task.isCancelled {
            do { try await Task.sleep(for: Self.pause) } catch { return }
            let current = store.currentRevision
            if current == saved { continue }
            try file.save(store.snapshot())
            saved = current
        }
    }
}
