public import Sodium

/// Where a process has its keys from. They may be rotated while it runs.
public protocol SealingKeys: Sendable {
    /// The keyring as it is now.
    func keyring() throws -> Keyring
    /// The keyring read anew: something is sealed under a key that is not known yet.
    func reread() throws -> Keyring
}

/// A keyring that never changes.
struct FixedKeys: SealingKeys {
    let fixed: Keyring

    func keyring() -> Keyring { fixed }
    func reread() -> Keyring { fixed }
}
