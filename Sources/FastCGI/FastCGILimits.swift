/// How much one request may bring, and when the process should make way for a fresh one.
public struct FastCGILimits: Sendable {
    /// The largest body taken, in bytes; a larger one is answered with 413.
    public var maxBodyBytes: Int
    /// The number of requests after which the loop ends; nil: never.
    public var maxRequestCount: Int?
    /// The resident memory in bytes above which the loop ends, looked at every hundred requests; nil: never.
    public var maxResidentBytes: Int?

    /// Makes limits; by default bodies of up to 2 MiB and no end to the loop.
    public init(maxBodyBytes: Int = 2 << 20, maxRequestCount: Int? = nil, maxResidentBytes: Int? = nil) {
        self.maxBodyBytes = maxBodyBytes
        self.maxRequestCount = maxRequestCount
        self.maxResidentBytes = maxResidentBytes
    }
}
