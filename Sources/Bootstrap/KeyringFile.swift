import FoundationEssentials
import Glibc
import Sodium

/// The file that `PAYDOCK_KEYRING` names. It never enters the database.
public enum KeyringFile {
    /// Reads the keyring. Refuses a file that others could read: its mode must be 0600 or 0400.
    static func read(_ path: String) throws -> Keyring {
        var status = stat()
        guard stat(path, &status) == 0 else { throw SettingsError(key: "PAYDOCK_KEYRING", problem: "names no file") }
        guard [0o600, 0o400].contains(status.st_mode & 0o777) else {
            throw SettingsError(key: "PAYDOCK_KEYRING", problem: "must have mode 0600 or 0400")
        }
        do {
            let content = try Data(contentsOf: URL(filePath: path))
            return try Keyring.parse(String(decoding: content, as: UTF8.self))
        } catch is SodiumError {
            throw SettingsError(key: "PAYDOCK_KEYRING", problem: "is no keyring")
        }
    }

    /// Makes a keyring with one new key, mode 0600. Throws when the file exists: a key in use is never overwritten.
    static func generate(_ path: String, keyID: String) throws {
        let text = try Keyring.generate(id: keyID).text
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw SettingsError(
                key: "PAYDOCK_KEYRING", problem: errno == EEXIST ? "names a file that exists" : "can't be written")
        }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
            throw SettingsError(key: "PAYDOCK_KEYRING", problem: "can't be written")
        }
    }

    /// Puts another keyring in the file's place, whole or not at all; mode and owner stay.
    static func replace(_ path: String, _ keyring: Keyring) throws {
        var status = stat()
        guard stat(path, &status) == 0 else { throw SettingsError(key: "PAYDOCK_KEYRING", problem: "names no file") }
        let draft = "\(path).new"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw SettingsError(key: "PAYDOCK_KEYRING", problem: "stands in a folder that can't be written")
        }
        defer { close(descriptor) }
        let bytes = Array(keyring.text.utf8)
        guard fchmod(descriptor, status.st_mode & 0o777) == 0,
            geteuid() != 0 || fchown(descriptor, status.st_uid, status.st_gid) == 0,
            write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0, rename(draft, path) == 0
        else {
            unlink(draft)
            throw SettingsError(key: "PAYDOCK_KEYRING", problem: "can't be written")
        }
        try keepFolder(of: path)
    }

    // Without this, a power failure could bring the old file back after something was sealed under the new key.
    private static func keepFolder(of path: String) throws {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let descriptor = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SettingsError(key: "PAYDOCK_KEYRING", problem: "can't be written") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw SettingsError(key: "PAYDOCK_KEYRING", problem: "can't be written") }
    }
}
