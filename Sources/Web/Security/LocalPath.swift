/// A place on this site to go on to, from a query or a form.
enum LocalPath {
    /// The path, when it certainly stays on this site; nil for another host, scheme or anything odd.
    static func checked(_ text: String?) -> String? {
        guard let text, text.utf8.count <= 2000, text.hasPrefix("/"), !text.hasPrefix("//") else { return nil }
        // Browsers read a backslash as a slash and drop tabs and line breaks: `/\evil.example` would leave.
        let isPlain = text.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "\\") }
        return isPlain ? text : nil
    }
}
