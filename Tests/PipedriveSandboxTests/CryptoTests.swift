import Testing

@testable import PipedriveSandbox

@Suite struct CryptoTests {
    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    // From RFC 6234, section 8.5, and FIPS 180-4.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            String(repeating: "0123456701234567012345670123456701234567012345670123456701234567", count: 10),
            "594847328451bdfa85056225462cc1d867d877fb388df0ce35f25ab5562bfbb5"
        ),
    ])
    func `the digest matches the published vectors`(text: String, digest: String) {
        #expect(hex(SHA256.digest(Array(text.utf8))) == digest)
    }

    // From RFC 4231, cases 1, 2, 3 and 6.
    @Test(arguments: [
        (
            [UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xaa, count: 20), [UInt8](repeating: 0xdd, count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            [UInt8](repeating: 0xaa, count: 131), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
    ])
    func `the authentication code matches the published vectors`(key: [UInt8], message: [UInt8], code: String) {
        #expect(hex(HMACSHA256.code(for: message, key: key)) == code)
    }

    @Test func `a panel token has the documented claims and a signature over them`() throws {
        let token = PanelToken.sign(userID: 2, companyID: 7701, expiresAt: 1_800_000_000, secret: "key")
        let parts = token.split(separator: ".").map { String($0) }
        #expect(parts.count == 3)
        let claims = try JSONParser.parse(try #require(Base64URL.decode(parts[1])))
        #expect(claims == ["userId": 2, "companyId": 7701, "exp": 1_800_000_000])
        let signature = HMACSHA256.code(for: Array("\(parts[0]).\(parts[1])".utf8), key: Array("key".utf8))
        #expect(Base64URL.decode(parts[2]) == signature)
    }
}
