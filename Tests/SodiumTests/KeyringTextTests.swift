import Sodium
import Testing

@Suite struct KeyringTextTests {
    private static let zeroKey = String(repeating: "A", count: 43)

    @Test func `the text form reads back to the same keys`() throws {
        let keyring = try Keyring.generate(id: "old").adding(.generate(id: "new"))
        let sealed = try keyring.seal([1, 2, 3], additionalData: [])
        let read = try Keyring.parse(keyring.text)
        #expect(read.keyIDs == ["old", "new"])
        #expect(read.currentID == "new")
        #expect(try read.open(sealed, additionalData: []) == [1, 2, 3])
        #expect(read.text == keyring.text)
    }

    @Test func `comments, blank lines, tabs and carriage returns are read over`() throws {
        let text = "# keys\r\n\r\n  key\ta \(Self.zeroKey) # made in May\r\ncurrent a\r\n"
        #expect(try Keyring.parse(text).text == "key a \(Self.zeroKey)\ncurrent a\n")
    }

    @Test(arguments: [
        ("", 0, KeyringFault.missingCurrent),
        ("key a \(zeroKey)\n", 0, .missingCurrent),
        ("current a\n", 1, .unknownCurrent),
        ("key a \(zeroKey)\n\ncurrent b", 3, .unknownCurrent),
        ("key a \(zeroKey)\ncurrent a\ncurrent a", 3, .secondCurrent),
        ("key a \(zeroKey)\nkey a \(zeroKey)\ncurrent a", 2, .duplicateID),
        ("key a \(zeroKey)=\ncurrent a", 1, .invalidKeyBytes),
        ("key a AAAA\ncurrent a", 1, .invalidKeyBytes),
        ("key ä \(zeroKey)\ncurrent ä", 1, .invalidID),
        ("key a\ncurrent a", 1, .unknownLine),
        ("key a \(zeroKey) b\ncurrent a", 1, .unknownLine),
        ("# x\nkeys a \(zeroKey)", 2, .unknownLine),
    ])
    func `a wrong line is named by its number`(text: String, line: Int, reason: KeyringFault) {
        #expect(throws: SodiumError.malformedKeyring(line: line, reason: reason)) { try Keyring.parse(text) }
    }
}
