import Testing

@testable import PipedriveSandbox

@Suite struct JSONTests {
    @Test func `a document survives reading and writing with its order`() throws {
        let text = #"{"z":1,"a":[true,false,null,-2.5,"q\"\\\n"],"é":{"x":"€"}}"#
        #expect(JSONWriter.text(try JSONParser.parse(Array(text.utf8))) == text)
    }

    @Test func `escapes are read, surrogate pairs too`() throws {
        let value = try JSONParser.parse(Array(#""\u00e9\ud83d\ude00\t\/""#.utf8))
        #expect(value == "é😀\t/")
    }

    @Test func `numbers in quotes are no numbers and whole fractions are whole`() throws {
        #expect(try JSONParser.parse(Array(#""12""#.utf8)).whole == nil)
        #expect(try JSONParser.parse(Array("12.0".utf8)).whole == 12)
        #expect(try JSONParser.parse(Array("12.25".utf8)).decimal == 12.25)
    }

    @Test(arguments: ["", "{", "[1,]", "01", "1.", "nul", #"{"a" 1}"#, #"{"a":1} x"#, "\"\u{1}\"", #""\ud800""#, "-"])
    func `what is not JSON is refused`(text: String) {
        #expect(throws: JSONParser.Failure.self) { try JSONParser.parse(Array(text.utf8)) }
    }

    @Test func `objects with the same members in another order are equal`() {
        #expect(JSON.object(["a": 1, "b": 2]) == JSON.object(["b": 2, "a": 1]))
        #expect(JSON.object(["a": 1]) != JSON.object(["a": 1, "b": nil]))
    }
}
