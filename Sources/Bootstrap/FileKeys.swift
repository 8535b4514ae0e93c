import Glibc
import PostgresStore
import Sodium
import Synchronization

/// The keyring of the file, as it is now: `paydock keys rotate` replaces the file while processes run.
final class FileKeys: SealingKeys {
    private let path: String
    private let loaded: Mutex<(keyring: Keyring, stamp: Stamp)>

    /// What tells one version of the file from another.
    private struct Stamp: Equatable {
        let inode: UInt64
        let seconds: Int
        let nanoseconds: Int

        /// Nil when the file is not there.
        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            inode = UInt64(status.st_ino)
            (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
        }
    }

    /// Throws `SettingsError` when the file is no keyring, or others could read it.
    init(_ path: String) throws {
        self.path = path
        // The stamp first: a file that is replaced in between is then read once more, not once too little.
        let stamp = Stamp(path)
        let keyring = try KeyringFile.read(path)
        guard let stamp else { throw SettingsError(key: "PAYDOCK_KEYRING", problem: "names no file") }
        loaded = Mutex((keyring, stamp))
    }

    func keyring() throws -> Keyring {
        // A file that is gone for a moment is no reason to stop: what was read from it is good, and the database refuses
        // to keep what is sealed under a retired key.
        guard let stamp = Stamp(path), loaded.withLock({ $0.stamp != stamp }) else {
            return loaded.withLock { $0.keyring }
        }
        return try load(stamp)
    }

    func reread() throws -> Keyring {
        guard let stamp = Stamp(path) else { return loaded.withLock { $0.keyring } }
        return try load(stamp)
    }

    private func load(_ stamp: Stamp) throws -> Keyring {
        let keyring = try KeyringFile.read(path)
        loaded.withLock { $0 = (keyring, stamp) }
        return keyring
    }
}
