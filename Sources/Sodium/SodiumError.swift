/// What can go wrong when sealing, opening, hashing or reading keys.
///
/// No case carries a secret.
public enum SodiumError: Error, Sendable, Hashable {
    /// libsodium could not be started.
    case libraryUnavailable
    /// A key needs 32 bytes, and an ID of 1 to 64 letters, digits, dots, dashes and underscores.
    case invalidKey
    /// Two keys of a keyring have this ID.
    case duplicateKey(id: String)
    /// No key of the keyring has this ID.
    case unknownKey(id: String)
    /// The bytes were changed, or sealed under another key or with other additional data.
    case doesNotOpen
    /// The bytes are not what `SealedBytes.encoded` writes, or from a later version of it.
    case malformedSealedBytes
    /// A line of the keyring's text is wrong; lines count from 1, and 0 stands for the text as a whole.
    case malformedKeyring(line: Int, reason: KeyringFault)
    /// The stored text is no password hash.
    case malformedPasswordHash
    /// The memory that the password hash asks for was not to be had.
    case outOfMemory
}

/// Why the text of a keyring does not read.
public enum KeyringFault: String, Sendable, Hashable {
    /// The line begins with neither `key` nor `current`, or has too few or too many words.
    case unknownLine
    /// The ID has other characters than letters, digits, dots, dashes and underscores, or is too long.
    case invalidID
    /// The key is not base64url without padding, or not 32 bytes.
    case invalidKeyBytes
    /// The ID stands on an earlier line too.
    case duplicateID
    /// There are two lines `current`.
    case secondCurrent
    /// There is no line `current`.
    case missingCurrent
    /// The line `current` names no key of the text.
    case unknownCurrent
}
