import HTTPTypes

/// The one stylesheet, under an address that changes with its content.
struct Stylesheet: Sendable {
    private let bytes: [UInt8]
    private let version: String

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        // FNV-1a: tells versions apart, guards nothing.
        let hash = bytes.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        version = String(hash, radix: 16)
    }

    var address: String { "/assets/paydock.css?v=\(version)" }

    func answer(version asked: String?) -> WebResponse {
        WebResponse(.ok, type: "text/css; charset=utf-8", body: bytes).setting(
            .cacheControl, asked == version ? "public, max-age=31536000, immutable" : "public, max-age=60")
    }
}
