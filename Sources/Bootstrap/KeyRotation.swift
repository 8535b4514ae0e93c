import Domain
import FoundationEssentials
import Glibc
import PostgresStore
import Sodium

/// Changing the key that seals, while everything runs.
///
/// Cut off anywhere, the next rotation goes on: the file is replaced whole or not at all, and everything that is sealed
/// says under which key it is.
public struct KeyRotation: Sendable {
    private let path: String
    private let resealing: Resealing

    /// Reads the keyring's place and the database's; connects to nothing yet.
    public init(settings: Settings) throws {
        try SodiumLibrary.start()
        path = try settings.required("PAYDOCK_KEYRING")
        resealing = Resealing(
            PostgresStorage(
                try Environment.database(settings, process: "paydock keys"), keys: try FileKeys(path),
                process: "paydock keys"))
    }

    /// A key and what is sealed under it.
    public struct Key: Sendable, Encodable {
        /// Its id.
        public let id: String
        /// Whether it seals what is sealed from now on.
        public let isCurrent: Bool
        /// How many values are sealed under it.
        public let sealedCount: Int

        enum CodingKeys: String, CodingKey {
            case id
            case isCurrent = "is_current"
            case sealedCount = "sealed_count"
        }
    }

    /// The keyring's keys, the current one first; and keys that something is sealed under but that are not in the file.
    public func keys() throws -> (keys: [Key], missing: [Key]) {
        let keyring = try KeyringFile.read(path)
        let counts = try resealing.counts()
        let ids = [keyring.currentID] + keyring.keyIDs.filter { $0 != keyring.currentID }
        let missing = counts.keys.filter { !ids.contains($0) }.sorted()
        func key(_ id: String) -> Key {
            Key(id: id, isCurrent: id == keyring.currentID, sealedCount: counts[id] ?? 0)
        }
        return (ids.map(key), missing.map(key))
    }

    /// How a rotation ended.
    public struct Outcome: Sendable {
        /// The key that seals now.
        public let keyID: String
        /// Whether an earlier rotation was cut off, and this one finished it.
        public let isResumed: Bool
        /// How many rows were sealed anew.
        public let resealedCount: Int
    }

    /// Adds a key, makes it the current one, and seals everything anew under it, `size` companies at a time. What an
    /// earlier rotation left undone is finished first, without another key.
    ///
    /// - Parameter isPreparing: only adds the key. Where several hosts share the database, it has to be in the keyring of
    ///   each before anything is sealed under it; the next rotation makes it the current one.
    public func rotate(
        batchesOf size: Int, isPreparing: Bool = false, progress: (Int) -> Void
    ) throws -> Outcome {
        let lock = try FileLock("\(path).lock")
        defer { lock.release() }
        var keyring = try KeyringFile.read(path)
        let counts = try resealing.counts()
        let prepared = keyring.keyIDs.last.flatMap { $0 != keyring.currentID && counts[$0] == nil ? $0 : nil }
        let isUnfinished = counts.contains { $0.key != keyring.currentID }
        if isPreparing || (!isUnfinished && prepared == nil) {
            let id = "k\(Digest.hex(RandomBytes.make(4)))"
            let added = try keyring.adding(SealingKey.generate(id: id))
            keyring = isPreparing ? try Keyring(keys: added.keys, currentID: keyring.currentID) : added
            try KeyringFile.replace(path, keyring)
            if isPreparing { return Outcome(keyID: id, isResumed: false, resealedCount: 0) }
        } else if !isUnfinished, let prepared {
            keyring = try Keyring(keys: keyring.keys, currentID: prepared)
            try KeyringFile.replace(path, keyring)
        }
        var total = 0
        while case let count = try resealing.batch(of: size, under: keyring.currentID), count > 0 {
            total += count
            progress(total)
        }
        return Outcome(keyID: keyring.currentID, isResumed: isUnfinished, resealedCount: total)
    }

    /// Takes a key out of the keyring for good: backups from its time can't be opened any more.
    ///
    /// Throws `conflict` for the current key and for one that something is sealed under, `notFound` for an unknown one.
    public func retire(_ id: String) throws {
        let lock = try FileLock("\(path).lock")
        defer { lock.release() }
        let keyring = try KeyringFile.read(path)
        guard keyring.keyIDs.contains(id) else { throw Refusal(.notFound, "The keyring has no key \(id).") }
        guard keyring.currentID != id else {
            throw Refusal(.conflict, "The key \(id) is in use: it seals. Rotate first.")
        }
        // The database first: from then on nobody can seal under it, whatever keyring a process still holds.
        guard try resealing.retire(id) else {
            let count = try resealing.counts()[id] ?? 0
            throw Refusal(
                .conflict, "The key \(id) is in use: \(count) values are sealed under it. Run paydock keys rotate.")
        }
        try KeyringFile.replace(path, try keyring.removing(id: id))
    }
}

/// Keeps two rotations of one host apart; the kernel lets go of it with the process.
private struct FileLock {
    private let descriptor: Int32

    init(_ path: String) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw SettingsError(key: "PAYDOCK_KEYRING", problem: "stands in a folder that can't be written")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw Refusal(.conflict, "Another rotation is at work on this keyring.")
        }
    }

    func release() { close(descriptor) }
}
