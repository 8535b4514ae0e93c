import Domain
import Synchronization
import Workflows

/// The file of a run, or of live changes, piece by piece: each is read when the one before is on its way, so that a run of
/// any length takes the memory of one piece.
final class ChangesFile: Sendable {
    private let integration: Integration
    private let run: SyncRun.ID?
    private let company: Company.ID
    private let limit: Int
    private let place = Mutex(Place.beginning)

    private enum Place {
        case beginning
        case after(Int64)
        case end
    }

    init(integration: Integration, run: SyncRun.ID?, company: Company.ID, limit: Int) {
        self.integration = integration
        self.run = run
        self.company = company
        self.limit = limit
    }

    /// The next piece, the first with the headings; nil at the end.
    func next() throws -> [UInt8]? {
        try place.withLock { place in
            let after: Int64?
            var isBeginning = false
            switch place {
            case .beginning: (after, isBeginning) = (nil, true)
            case .after(let id): after = id
            case .end: return nil
            }
            let logged = try integration.changes(of: run, after: after, limit: limit, company)
            var piece = ChangesCSV(isBeginning: isBeginning)
            piece.append(logged.changes, isPreview: logged.run?.mode == .preview)
            place = logged.next.map { .after($0) } ?? .end
            return piece.bytes
        }
    }
}
