import Synchronization

/// The faults now in force.
///
/// Chance comes from the seed, so that a run can be repeated.
final class FaultList: Sendable {
    private struct Contents {
        var faults: [Fault] = []
        var lastID = 0
        var chance: SeededRandom
        /// The calls that wait out a fault's latency, by a number of their own.
        var held: [Int: (fault: Int, sleep: Task<Void, any Error>)] = [:]
        var lastHeld = 0
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

    /// Lifts one fault, and lets go of the calls that it holds back; false when there is none of this id.
    func remove(_ id: Int) -> Bool {
        contents.withLock { contents in
            let before = contents.faults.count
            contents.faults.removeAll { $0.id == id }
            for call in contents.held.values where call.fault == id { call.sleep.cancel() }
            return contents.faults.count < before
        }
    }

    /// Lifts every fault, as `remove` does.
    func clear() {
        contents.withLock { contents in
            contents.faults = []
            for call in contents.held.values { call.sleep.cancel() }
        }
    }

    /// Waits out the fault's latency, or until the fault is lifted.
    func holdBack(by fault: Fault) async {
        guard fault.latency > .zero else { return }
        let sleep = Task { try await Task.sleep(for: fault.latency) }
        let number: Int? = contents.withLock { contents in
            guard contents.faults.contains(where: { $0.id == fault.id }) else { return nil }
            contents.lastHeld += 1
            contents.held[contents.lastHeld] = (fault.id, sleep)
            return contents.lastHeld
        }
        guard let number else { return sleep.cancel() }
        _ = await withTaskCancellationHandler {
            await sleep.result
        } onCancel: {
            sleep.cancel()
        }
        contents.withLock { _ = $0.held.removeValue(forKey: number) }
    }

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
