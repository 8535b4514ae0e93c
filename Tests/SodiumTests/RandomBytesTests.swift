import Sodium
import Testing

@Suite struct RandomBytesTests {
    @Test func `two draws differ and have the asked length`() {
        let first = RandomBytes.make(32)
        #expect(first.count == 32)
        #expect(first != RandomBytes.make(32))
        #expect(RandomBytes.make(0).isEmpty)
    }

    @Test func `a token is its bytes in base64url without padding`() throws {
        let token = RandomBytes.token(byteCount: 32)
        #expect(token.utf8.count == 43)
        #expect(try #require(Base64URL.bytes(from: token)).count == 32)
    }

    @Test func `base64url uses the letters of RFC 4648 section 5`() {
        #expect(Base64URL.text(of: [0xfb, 0xff, 0xbf]) == "-_-_")
        #expect(Base64URL.text(of: Array("fo".utf8)) == "Zm8")
        #expect(Base64URL.text(of: []) == "")
        #expect(Base64URL.bytes(from: "-_-_") == [0xfb, 0xff, 0xbf])
        #expect(Base64URL.bytes(from: "") == [])
    }

    @Test(arguments: ["Zm8=", "Zm8 ", "Zm9+", "Zm9/", "Z", "Zm8\0"])
    func `base64url refuses padding, other letters and half characters`(text: String) {
        #expect(Base64URL.bytes(from: text) == nil)
    }
}
