import Yams

/// A value of Pipedrive's official YAML files.
indirect enum OfficialValue: Sendable {
    case null
    case flag(Bool)
    case text(String)
    case list([OfficialValue])
    case map([String: OfficialValue])

    init(_ node: Node) {
        switch node {
        case .scalar(let scalar): self = Self.scalar(scalar)
        case .sequence(let sequence): self = .list(sequence.map(OfficialValue.init))
        case .mapping(let mapping):
            var map: [String: OfficialValue] = [:]
            for (key, value) in mapping { map[key.scalar?.string ?? ""] = OfficialValue(value) }
            self = .map(map)
        case .alias: self = .null
        }
    }

    private static func scalar(_ scalar: Node.Scalar) -> OfficialValue {
        guard scalar.style == .plain else { return .text(scalar.string) }
        switch scalar.string {
        case "true": return .flag(true)
        case "false": return .flag(false)
        case "", "null", "~": return .null
        default: return .text(scalar.string)
        }
    }

    subscript(_ name: String) -> OfficialValue? {
        if case .map(let map) = self { map[name] } else { nil }
    }

    var text: String? { if case .text(let text) = self { text } else { nil } }
    var isTrue: Bool { if case .flag(true) = self { true } else { false } }
    var elements: [OfficialValue] { if case .list(let list) = self { list } else { [] } }
    var members: [String: OfficialValue] { if case .map(let map) = self { map } else { [:] } }
}
