public import Domain

extension SyncRun {
    /// About how far it is, of a hundred: reading is half of it, the steps of each kind the rest.
    public var percentDone: Int {
        guard state == .running else { return 100 }
        let phases: [Phase] = mode == .preview ? [.decide, .plan] : [.decide, .plan, .write, .create]
        guard let place = phases.firstIndex(of: progress.phase) else {
            if progress.phase == .readVariations { return 50 }
            guard progress.phase == .read, progress.expected > 0 else { return progress.phase == .read ? 0 : 99 }
            return min(50, 50 * progress.done / progress.expected)
        }
        let kinds: [RecordKind] = [.organization, .person, .product]
        let kind = progress.kind.flatMap { kinds.firstIndex(of: $0) } ?? 0
        return 50 + 49 * (kind * phases.count + place) / (kinds.count * phases.count)
    }
}
