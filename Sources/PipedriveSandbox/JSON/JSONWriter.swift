/// Writes JSON compactly as UTF-8.
enum JSONWriter {
    private static let hexDigits = Array("0123456789abcdef".utf8)

    static func bytes(_ value: JSON) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(512)
        write(value, to: &output)
        return output
    }

    static func text(_ value: JSON) -> String { String(decoding: bytes(value), as: UTF8.self) }

    private static func write(_ value: JSON, to output: inout [UInt8]) {
        switch value {
        case .null: output += "null".utf8
        case .bool(let truth): output += (truth ? "true" : "false").utf8
        case .int(let whole): output += String(whole).utf8
        case .number(let decimal): output += String(decimal).utf8
        case .string(let text): write(text, to: &output)
        case .array(let list): write(list, to: &output)
        case .object(let object): write(object, to: &output)
        }
    }

    private static func write(_ list: [JSON], to output: inout [UInt8]) {
        output.append(UInt8(ascii: "["))
        for (place, value) in list.enumerated() {
            if place > 0 { output.append(UInt8(ascii: ",")) }
            write(value, to: &output)
        }
        output.append(UInt8(ascii: "]"))
    }

    private static func write(_ object: JSONObject, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "{"))
        for (place, member) in object.members.enumerated() {
            if place > 0 { output.append(UInt8(ascii: ",")) }
            write(member.key, to: &output)
            output.append(UInt8(ascii: ":"))
            write(member.value, to: &output)
        }
        output.append(UInt8(ascii: "}"))
    }

    private static func write(_ text: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        // Most texts have nothing to escape and are copied whole.
        let isPlain = text.utf8.allSatisfy { $0 >= 32 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        if isPlain {
            output += text.utf8
            output.append(UInt8(ascii: "\""))
            return
        }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): output += [UInt8(ascii: "\\"), byte]
            case 10: output += "\\n".utf8
            case 13: output += "\\r".utf8
            case 9: output += "\\t".utf8
            case 0..<32: output += Array("\\u00".utf8) + [hexDigits[Int(byte >> 4)], hexDigits[Int(byte & 15)]]
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}
