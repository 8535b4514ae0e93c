import CSodium

/// Base64 with `-` and `_` and without padding: RFC 4648, section 5.
///
/// Takes the same time for every content.
public enum Base64URL {
    private static let variant = Int32(sodium_base64_VARIANT_URLSAFE_NO_PADDING)

    /// The bytes as text.
    public static func text(of bytes: [UInt8]) -> String {
        let capacity = sodium_base64_encoded_len(bytes.count, variant)
        var text = [CChar](repeating: 0, count: capacity)
        sodium_bin2base64(&text, capacity, bytes, bytes.count, variant)
        // The capacity counts the closing NUL.
        return String(decoding: text.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// The bytes, or nil for a text with any other character or with padding.
    public static func bytes(from text: String) -> [UInt8]? {
        let capacity = text.utf8.count
        var bytes = [UInt8](repeating: 0, count: capacity)
        var count = 0
        let code = sodium_base642bin(&bytes, capacity, text, capacity, nil, &count, nil, variant)
        return code == 0 ? Array(bytes.prefix(count)) : nil
    }
}
