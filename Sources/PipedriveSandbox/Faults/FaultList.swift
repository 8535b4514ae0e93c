import Synchronization

/// The faults now in force.
///
/// Chance comes from the seed, so that a run can be repeated.
final class FaultList: Sendable {
    private struct Contents {
        var faults: [Fault] = []
        var lastID = 0
        var chance: SeededRandom
    }

    private let contents: Mutex<Contents>

    init(seed: UInt64) { contents = Mutex(Contents(chance: SeededRandom(seed: seed))) }

    var all: [Fault] { contents.withLock { $0.faults } }

    func add(_ json: JSONObject) throws -> Fault {
        try contents.withLock { contents in
            contents.lastID += 1
            let fault = try Fault(json, id: contents.lastID)
            contents.faults.append(fault)
            return fault
        }
    }

    /// Lifts one fault; false when there is none of this id.
    func remove(_ id: Int) -> Bool {
        contents.withLock { contents in
            let before = contents.faults.count
            contents.faults.removeAll { $0.id == id }
            return contents.faults.count < before
        }
    }

    func clear() { contents.withLock { $0.faults = [] } }

    /// The first fault that concerns the request and that chance lets through; it is used up by one.
    func draw(for request: Request) -> Fault? {
        contents.withLock { contents in
            for place in contents.faults.indices where contents.faults[place].concerns(request) {
                if contents.chance.fraction() >= contents.faults[place].probability { continue }
                if let remaining = contents.faults[place].remaining { contents.faults[place].remaining = remaining - 1 }
                return contents.faults[place]
            }
            return nil
        }
    }
}
