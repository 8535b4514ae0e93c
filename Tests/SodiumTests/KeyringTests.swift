import Sodium
import Testing

@Suite struct KeyringTests {
    private let secret = Array("refresh-token-π".utf8)
    private let place = Array("company 7, grant 9, refresh token".utf8)

    @Test(arguments: [0, 1, 17, 100_000])
    func `what was sealed opens again, through its encoding`(count: Int) throws {
        let keyring = try Keyring.generate(id: "2026-11")
        let plain = RandomBytes.make(count)
        let encoded = try keyring.seal(plain, additionalData: place).encoded
        let sealed = try SealedBytes(encoded: encoded)
        #expect(sealed.keyID == "2026-11")
        #expect(try keyring.open(sealed, additionalData: place) == plain)
    }

    @Test func `a published vector opens`() throws {
        // draft-irtf-cfrg-xchacha-03, appendix A.3.1
        let key = try SealingKey(id: "k", bytes: Array(0x80...0x9f))
        let nonce: [UInt8] = Array(0x40...0x57)
        let data: [UInt8] = [0x50, 0x51, 0x52, 0x53, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7]
        let ciphertext = try #require(
            bytes(
                """
                bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39\
                ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9\
                21f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49
                """))
        let sealed = try SealedBytes(encoded: [1, 1, UInt8(ascii: "k")] + nonce + ciphertext)
        let plain = try Keyring(keys: [key], currentID: "k").open(sealed, additionalData: data)
        #expect(
            String(decoding: plain, as: UTF8.self)
                == "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
                + "sunscreen would be it.")
    }

    @Test func `each sealing has a nonce of its own and hides the content`() throws {
        let keyring = try Keyring.generate(id: "a")
        let first = try keyring.seal(secret, additionalData: place)
        let second = try keyring.seal(secret, additionalData: place)
        #expect(first.nonce != second.nonce)
        #expect(first.ciphertext != second.ciphertext)
        #expect(first.encoded.firstRange(of: secret) == nil)
    }

    @Test func `one changed bit anywhere after the key ID keeps it shut`() throws {
        let keyring = try Keyring.generate(id: "a")
        let encoded = try keyring.seal(secret, additionalData: place).encoded
        for index in 3..<encoded.count {
            var changed = encoded
            changed[index] ^= 0x10
            let sealed = try SealedBytes(encoded: changed)
            #expect(throws: SodiumError.doesNotOpen) { try keyring.open(sealed, additionalData: place) }
        }
    }

    @Test func `other additional data keeps it shut`() throws {
        let keyring = try Keyring.generate(id: "a")
        let sealed = try keyring.seal(secret, additionalData: place)
        #expect(throws: SodiumError.doesNotOpen) { try keyring.open(sealed, additionalData: []) }
        #expect(throws: SodiumError.doesNotOpen) { try keyring.open(sealed, additionalData: place + [0]) }
    }

    @Test func `an unknown key ID and another key of the same ID are told apart`() throws {
        let sealed = try Keyring.generate(id: "a").seal(secret, additionalData: place)
        #expect(throws: SodiumError.unknownKey(id: "a")) {
            try Keyring.generate(id: "b").open(sealed, additionalData: place)
        }
        #expect(throws: SodiumError.doesNotOpen) {
            try Keyring.generate(id: "a").open(sealed, additionalData: place)
        }
    }

    @Test func `after a rotation the old key opens and the new one seals`() throws {
        let old = try Keyring.generate(id: "old")
        let sealed = try old.seal(secret, additionalData: place)
        let rotated = try old.adding(.generate(id: "new"))
        #expect(rotated.keyIDs == ["old", "new"])
        #expect(rotated.currentID == "new")
        #expect(try rotated.open(sealed, additionalData: place) == secret)
        #expect(try rotated.seal(secret, additionalData: place).keyID == "new")
        let retired = try rotated.removing(id: "old")
        #expect(throws: SodiumError.unknownKey(id: "old")) { try retired.open(sealed, additionalData: place) }
        #expect(throws: SodiumError.unknownKey(id: "new")) { try retired.removing(id: "new") }
    }

    @Test func `every shortened encoding is refused`() throws {
        let encoded = try Keyring.generate(id: "key").seal([], additionalData: []).encoded
        for count in 0..<encoded.count {
            #expect(throws: SodiumError.malformedSealedBytes) {
                try SealedBytes(encoded: Array(encoded.prefix(count)))
            }
        }
    }

    @Test func `another version and an ID that is none are refused`() throws {
        var encoded = try Keyring.generate(id: "key").seal(secret, additionalData: []).encoded
        encoded[2] = 0xff
        #expect(throws: SodiumError.malformedSealedBytes) { try SealedBytes(encoded: encoded) }
        encoded[2] = UInt8(ascii: "k")
        encoded[0] = 2
        #expect(throws: SodiumError.malformedSealedBytes) { try SealedBytes(encoded: encoded) }
    }

    @Test func `printing never shows a key`() throws {
        let key = try SealingKey(id: "a", bytes: [UInt8](repeating: 0xab, count: 32))
        let keyring = try Keyring(keys: [key], currentID: "a")
        var dumped = ""
        dump(keyring, to: &dumped)
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), "\(keyring)", String(reflecting: keyring), dumped] {
            #expect(!text.contains("171"))
            #expect(!text.lowercased().contains("abab"))
        }
    }

    @Test(arguments: ["", "has space", "ä", String(repeating: "k", count: 65), "a#b"])
    func `a key refuses an ID that would not survive the text form`(id: String) {
        #expect(throws: SodiumError.invalidKey) { try SealingKey.generate(id: id) }
    }

    @Test func `a key refuses any length but 32 bytes`() {
        for count in [0, 31, 33] {
            #expect(throws: SodiumError.invalidKey) { try SealingKey(id: "a", bytes: RandomBytes.make(count)) }
        }
    }

    private func bytes(_ hex: String) -> [UInt8]? {
        let digits = hex.compactMap(\.hexDigitValue)
        guard digits.count == hex.count, digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
