public import FoundationEssentials

/// Which ways the values of a linked pair may travel.
public struct Flow: Hashable, Sendable {
    /// Pipedrive → PayDock.
    public let pulls: Bool
    /// PayDock → Pipedrive.
    public let pushes: Bool

    /// Makes a flow.
    public init(pulls: Bool, pushes: Bool) {
        self.pulls = pulls
        self.pushes = pushes
    }

    /// Nothing travels: the pair is only kept an eye on.
    public static let none = Flow(pulls: false, pushes: false)
}

/// What a person did to a field in PayDock since it was last synced.
public struct LocalEdit: Hashable, Sendable {
    /// When, last.
    public let at: Date
    /// Whether the field was empty when it was last synced.
    public let wasEmpty: Bool

    /// Makes an edit.
    public init(at: Date, wasEmpty: Bool) {
        self.at = at
        self.wasEmpty = wasEmpty
    }
}

/// What Pipedrive's value was when the pair was last synced.
public enum FieldBase: Hashable, Sendable {
    /// The two were never compared.
    case unknown
    /// It is the same now.
    case unchanged
    /// It was another.
    case changed(wasEmpty: Bool)

    /// Compares the value last synced with the present one, both in Pipedrive's own words.
    public init(_ synced: String?, now: String) {
        guard let synced else {
            self = .unknown
            return
        }
        self = synced == now ? .unchanged : .changed(wasEmpty: synced.isEmpty)
    }
}

/// The three-way merge of one field: ours, Pipedrive's, and what was last synced.
public enum FieldMerge {
    /// What has to happen to a field.
    public enum Outcome: Hashable, Sendable {
        /// Nothing; nothing is noted either.
        case rest
        /// Nothing, and Pipedrive's value counts as synced.
        case accept
        /// Pipedrive's value comes in.
        case pull
        /// Ours goes out.
        case push
        /// Both changed, Pipedrive's later: it comes in, ours is kept as the loser.
        case pullOver
        /// Both changed, ours later: it goes out, Pipedrive's is kept as the loser.
        case pushOver
    }

    /// Decides about one field that both sides have.
    ///
    /// One side changed: its value travels if the direction allows. One-way: the source wins. Both ways and both
    /// changed: the later wins, on a tie Pipedrive. An empty value never overwrites a filled one unless that side
    /// cleared it since.
    public static func outcome(
        local: String, edit: LocalEdit?, localTime: Date, remote: String, base: FieldBase, remoteTime: Date?, flow: Flow
    ) -> Outcome {
        if local == remote { return .accept }
        guard flow.pulls || flow.pushes else { return .accept }
        if base == .unknown {
            return first(local: local, localTime: edit?.at ?? localTime, remote: remote, remoteTime, flow)
        }
        if base == .unchanged, edit == nil { return .rest }
        let isClearedThere = remote.isEmpty && base == .changed(wasEmpty: false)
        let isClearedHere = local.isEmpty && edit?.wasEmpty == false
        let pull: Outcome = remote.isEmpty && !isClearedThere ? .accept : .pull
        let push: Outcome = local.isEmpty && !isClearedHere ? .accept : .push
        guard flow.pulls else { return push }
        guard flow.pushes else { return pull }
        guard let edit else { return pull }
        if base == .unchanged || pull == .accept { return push }
        if push == .accept { return pull }
        return isLater(edit.at, than: remoteTime) ? .pushOver : .pullOver
    }

    /// The two meet for the first time: a filled value fills an empty one, two filled ones are settled by the
    /// direction, or by time.
    private static func first(
        local: String, localTime: Date, remote: String, _ remoteTime: Date?, _ flow: Flow
    ) -> Outcome {
        if remote.isEmpty { return flow.pushes ? .push : .accept }
        if local.isEmpty { return flow.pulls ? .pull : .accept }
        guard flow.pulls else { return .push }
        guard flow.pushes else { return .pull }
        return isLater(localTime, than: remoteTime) ? .pushOver : .pullOver
    }

    /// Pipedrive keeps whole seconds: within the same one it is a tie, and a tie is Pipedrive's.
    static func isLater(_ local: Date, than remote: Date?) -> Bool {
        guard let remote else { return false }
        let remoteSeconds = remote.timeIntervalSince1970
        guard remoteSeconds == remoteSeconds.rounded(.down) else { return local > remote }
        return local.timeIntervalSince1970.rounded(.down) > remoteSeconds
    }
}
