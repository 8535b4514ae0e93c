/// HMAC with SHA-256 as in RFC 2104; the sandbox signs panel tokens with it.
enum HMACSHA256 {
    private static let blockSize = 64

    static func code(for message: [UInt8], key: [UInt8]) -> [UInt8] {
        let short = key.count > blockSize ? SHA256.digest(key) : key
        let block = short + [UInt8](repeating: 0, count: blockSize - short.count)
        return SHA256.digest(block.map { $0 ^ 0x5c } + SHA256.digest(block.map { $0 ^ 0x36 } + message))
    }
}
