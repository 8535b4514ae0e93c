@testable import PipedriveSandbox

extension WebhookQueue.Policy {
    /// Waits for a receiver that a busy machine keeps from its turn, so that only what a test answers decides.
    static var patient: Self {
        var policy = Self()
        policy.timeLimit = .seconds(600)
        return policy
    }
}
