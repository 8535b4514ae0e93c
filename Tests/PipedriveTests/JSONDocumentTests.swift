import Domain
import FoundationEssentials
import Testing

@testable import Pipedrive

@Suite struct JSONDocumentTests {
    private func root(_ text: String) -> JSONNode? { JSONDocument(Array(text.utf8))?.root }

    @Test(arguments: [
        "{}", "[]", "0", "-0", "-1.5e-3", "\"\"", "true", " [1 , {\"a\" : null}]\n", #""\u00e9\n\/""#, "[[[]]]", "1E+2",
    ])
    func `what is JSON is read`(text: String) { #expect(root(text) != nil) }

    @Test(arguments: [
        "", " ", "{", "}", "[1,]", "[,1]", "{\"a\"}", "{\"a\":}", "{a:1}", "{\"a\":1,}", "01", "-", "+1", "1.", ".5",
        "1e", "tru", "nulll", "'a'", "\"", "\"\\x\"", "\"\\u12g4\"", "\"\\u12\"", "\"a\nb\"", "1 2", "{}{}", "[1",
        "NaN",
        "\u{FEFF}{}", "1e+", "\"\\",
    ])
    func `what is not JSON is refused`(text: String) { #expect(root(text) == nil) }

    @Test func `the same texts are taken as by the platform's own reader`() throws {
        var generator = SplitMix(state: 11)
        let alphabet = Array(#"{}[],:"\ntrue null false 0123456789.-+eE uab"#.utf8)
        var accepted = 0
        for _ in 0..<20_000 {
            let length = Int(generator.next() % 9)
            let bytes = (0..<length).map { _ in alphabet[Int(generator.next() % UInt64(alphabet.count))] }
            let ours = JSONDocument(bytes) != nil
            let theirs = (try? JSONDecoder().decode(Anything.self, from: Data(bytes))) != nil
            // The platform's reader refuses numbers beyond a Double's range; this one keeps their digits.
            let isHuge = bytes.contains { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }
            if !isHuge { #expect(ours == theirs, "\(String(decoding: bytes, as: UTF8.self))") }
            if ours { accepted += 1 }
        }
        #expect(accepted > 100)
    }

    @Test func `escapes are resolved, pairs of surrogates too, and lone ones replaced`() {
        #expect(root(#""\u00e9 \ud83d\udcb0 \"\\\/\b\f\n\r\t""#)?.text == "é 💰 \"\\/\u{8}\u{c}\n\r\t")
        #expect(root(#""\ud83d!""#)?.text == "\u{FFFD}!")
        #expect(root(#""\ud83d\u0041""#)?.text == "\u{FFFD}A")
        #expect(root(#""\udcb0""#)?.text == "\u{FFFD}")
    }

    @Test func `numbers keep their digits`() {
        #expect(root("1234567.89")?.decimal == ScaledDecimal(mantissa: 123_456_789, scale: 2))
        #expect(root("0.1")?.decimal == ScaledDecimal(mantissa: 1, scale: 1))
        #expect(root("9007199254740993")?.integer == 9_007_199_254_740_993)
        #expect(root("1.0")?.integer == nil)
        #expect(root("true")?.decimal == nil)
    }

    @Test func `members and elements are found past nested values`() {
        let node = root(#"{"a":{"b":[1,{"c":2}],"z":"}"},"b":"x","list":[[1],2,{"b":3}],"n":null}"#)
        #expect(node?["b"]?.text == "x")
        #expect(node?["list"]?.elements.map(\.integer) == [nil, 2, nil])
        #expect(node?["list"]?.elements.last?["b"]?.integer == 3)
        #expect(node?["n"] == nil && node?.member("n")?.isNull == true && node?["none"] == nil)
        #expect(node?.members.map(\.name) == ["a", "b", "list", "n"])
        #expect(node?["b"]?["a"] == nil && node?["b"]?.elements.isEmpty == true)
    }

    @Test func `nesting ends at sixty-four levels`() {
        let deep = { (levels: Int) in String(repeating: "[", count: levels) + String(repeating: "]", count: levels) }
        #expect(root(deep(64)) != nil)
        #expect(root(deep(65)) == nil)
    }

    @Test(arguments: [
        ("2026-11-23T10:00:00Z", 1_795_428_000.0), ("2026-11-23T11:00:00+01:00", 1_795_428_000),
        ("2026-11-23T05:30:00-0430", 1_795_428_000), ("2026-11-23 10:00:00", 1_795_428_000),
        ("2026-11-23T10:00:00.5Z", 1_795_428_000.5), ("1970-01-01T00:00:00Z", 0),
        ("2024-02-29T00:00:00Z", 1_709_164_800),
        ("2000-03-01T00:00:00Z", 951_868_800), ("1969-12-31T23:59:59Z", -1),
    ])
    func `times are read in all the forms that Pipedrive sends`(text: String, seconds: Double) {
        #expect(Timestamp.date(text) == Date(timeIntervalSince1970: seconds))
    }

    @Test(arguments: [
        "", "2026", "2026-11-23", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-11-32T00:00:00Z",
        "2026-11-23T24:00:00Z", "2026-11-23T10:60:00Z", "2026-11-23T10:00:00X", "2026-11-23T10:00:00.Z",
        "2026-11-23T10:00:00+1", "20x6-11-23T10:00:00Z", "2026-11-23T10:00:00ZZ",
    ])
    func `what is no time is nothing`(text: String) { #expect(Timestamp.date(text) == nil) }
}

/// Any JSON at all, read to the last number: the platform's reader leaves scalars unread until they are asked for.
private struct Anything: Decodable {
    private struct Key: CodingKey {
        let stringValue: String
        let intValue: Int? = nil

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        if let members = try? decoder.container(keyedBy: Key.self) {
            for key in members.allKeys { _ = try members.decode(Anything.self, forKey: key) }
        } else if var list = try? decoder.unkeyedContainer() {
            while !list.isAtEnd { _ = try list.decode(Anything.self) }
        } else {
            let value = try decoder.singleValueContainer()
            if value.decodeNil() || (try? value.decode(Bool.self)) != nil || (try? value.decode(String.self)) != nil {
                return
            }
            _ = try value.decode(Double.self)
        }
    }
}
