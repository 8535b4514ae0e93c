import CSodium

/// Unpredictable bytes from the system.
///
/// libsodium ends the process rather than return weak ones.
public enum RandomBytes {
    /// This many bytes.
    public static func make(_ count: Int) -> [UInt8] {
        SodiumLibrary.startIfPossible()
        var bytes = [UInt8](repeating: 0, count: count)
        randombytes_buf(&bytes, count)
        return bytes
    }

    /// This many bytes as base64url without padding: 32 bytes are 43 characters.
    public static func token(byteCount: Int = 32) -> String {
        Base64URL.text(of: make(byteCount))
    }
}
