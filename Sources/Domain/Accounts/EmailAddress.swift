/// E-mail addresses as contacts are matched by.
public enum EmailAddress {
    /// Trimmed and case folded; nil for what cannot be an address (no `@`, blanks inside, control characters).
    ///
    /// This is the only form in which addresses are compared, here and in SQL.
    public static func normalized(_ text: String) -> String? {
        let trimmed = text.drop(while: \.isWhitespace)
        var value = trimmed
        while let last = value.last, last.isWhitespace { value.removeLast() }
        let folded = value.lowercased()
        let parts = folded.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, parts[1].count >= 3, folded.utf8.count <= 254 else { return nil }
        guard
            !folded.unicodeScalars.contains(where: {
                $0.properties.isWhitespace || $0.properties.generalCategory == .control
            })
        else { return nil }
        return folded
    }
}
