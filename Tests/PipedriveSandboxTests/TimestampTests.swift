import Testing

@testable import PipedriveSandbox

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2024-02-29T12:30:15Z", 1_709_209_815),
        ("2026-11-23T11:00:00.250+01:00", 1_795_428_000), ("2026-11-23 10:00:00", 1_795_428_000),
        ("2026-11-23", 1_795_392_000),
    ])
    func `times are read in every documented form`(text: String, seconds: Int) {
        #expect(Timestamp.parse(text)?.seconds == seconds)
    }

    @Test(arguments: ["", "2026-02-30", "2026-13-01T00:00:00Z", "2026-11-23T25:00:00Z", "yesterday..", "2026-11-23T10"])
    func `what is no time is refused`(text: String) {
        #expect(Timestamp.parse(text) == nil)
    }

    @Test func `times are written as each version of the API has them`() {
        let time = Timestamp(milliseconds: 1_795_428_000_123)
        #expect(time.rfc3339 == "2026-11-23T10:00:00Z")
        #expect(time.rfc3339WithMilliseconds == "2026-11-23T10:00:00.123Z")
        #expect(time.spaced == "2026-11-23 10:00:00")
    }
}
