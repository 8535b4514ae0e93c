import Sodium
import Testing

@Suite struct PasswordHashTests {
    private let weak = PasswordHash.Strength(passCount: 1, memoryByteCount: 8192)

    @Test func `the right password verifies and others do not`() throws {
        let hash = try PasswordHash.make("correct horse 🐴")
        #expect(hash.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$"))
        #expect(try PasswordHash.verify("correct horse 🐴", against: hash))
        #expect(try !PasswordHash.verify("correct horse", against: hash))
        #expect(try !PasswordHash.verify("", against: hash))
    }

    @Test func `a password counts beyond a NUL character`() throws {
        let hash = try PasswordHash.make("a\0b", strength: weak)
        #expect(try PasswordHash.verify("a\0b", against: hash))
        #expect(try !PasswordHash.verify("a\0c", against: hash))
        #expect(try !PasswordHash.verify("a", against: hash))
    }

    @Test func `the same password hashes to another text each time`() throws {
        #expect(try PasswordHash.make("x", strength: weak) != PasswordHash.make("x", strength: weak))
    }

    @Test func `a hash of another strength wants to be made again`() throws {
        let hash = try PasswordHash.make("x", strength: weak)
        #expect(try PasswordHash.needsRehash(hash))
        #expect(try !PasswordHash.needsRehash(hash, strength: weak))
        #expect(try PasswordHash.verify("x", against: hash))
    }

    @Test(arguments: ["", "x", "$argon2id$", "$2b$12$abcdefghijklmnopqrstuv", "$argon2id$v=19$m=1,t=1,p=1$AA$"])
    func `a text that is no hash is an error and not a wrong password`(text: String) {
        #expect(throws: SodiumError.malformedPasswordHash) { try PasswordHash.verify("x", against: text) }
    }
}
