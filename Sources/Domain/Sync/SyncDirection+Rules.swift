public import FoundationEssentials

/// A direction with the moment it was chosen.
public struct SyncRule: Hashable, Sendable {
    /// Which way.
    public let direction: SyncDirection
    /// When it was chosen; `only_new` counts from here.
    public let since: Date

    /// Makes a rule.
    public init(_ direction: SyncDirection, since: Date) {
        self.direction = direction
        self.since = since
    }

    /// Whether a record of Pipedrive that nothing fits is made in PayDock.
    public func creates(remoteAddedAt: Date?) -> Bool {
        switch direction {
        case .pull, .both: true
        case .push: false
        case .onlyNew: isNew(remoteAddedAt)
        }
    }

    /// Whether a record of PayDock that nothing fits is made in Pipedrive.
    public func createsThere(localAddedAt: Date) -> Bool {
        switch direction {
        case .push, .both: true
        case .pull: false
        case .onlyNew: isNew(localAddedAt)
        }
    }

    /// Which ways the values of a linked pair travel. `only_new` writes to no record that was there before: a pair
    /// with an old member rests.
    public func flow(remoteAddedAt: Date?, localAddedAt: Date) -> Flow {
        switch direction {
        case .pull: Flow(pulls: true, pushes: false)
        case .push: Flow(pulls: false, pushes: true)
        case .both: Flow(pulls: true, pushes: true)
        case .onlyNew:
            isNew(remoteAddedAt) && isNew(localAddedAt) ? Flow(pulls: true, pushes: true) : .none
        }
    }

    /// Pipedrive keeps whole seconds, so the second of the choice counts as after it.
    private func isNew(_ moment: Date?) -> Bool {
        guard let moment else { return false }
        return moment.timeIntervalSince1970 >= since.timeIntervalSince1970.rounded(.down)
    }
}
