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
}
