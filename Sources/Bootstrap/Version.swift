/// The version of all programs of this package.
public enum Version {
    /// As in CHANGELOG.md.
    public static let text = "0.1.0"
}
