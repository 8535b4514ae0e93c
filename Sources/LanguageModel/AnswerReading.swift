import Domain

/// A model's answer in the shape of the schema, before anything of it is believed.
struct ModelAnswer: Hashable {
    /// One line of it.
    struct Line: Hashable {
        let product: String?
        let quantity: Quantity
        let wording: String
        let evidence: String
    }

    let lines: [Line]
    let subject: String
    let body: String

    static let lineLimit = 40
    private static let sizeLimit = 64 * 1024

    /// Reads an answer by the closed schema: every member that it asks for, and none besides. Throws `Problems`.
    init(_ text: String, asksForLines: Bool) throws(Problems) {
        guard text.utf8.count <= Self.sizeLimit else { throw Problems(["The answer is too long."]) }
        let tree: JSONTree
        do {
            tree = try JSONTreeReader.read(text)
        } catch {
            throw Problems(["The answer is not the JSON asked for: \(error.sentence)."])
        }
        var problems = Problems([])
        let names = asksForLines ? ["lines", "email"] : ["email"]
        problems.check(tree, has: names, at: "The answer")
        problems.check(tree["email"] ?? .null, has: ["subject", "body"], at: "email")
        subject = problems.string(tree["email"]?["subject"], at: "email.subject")
        body = problems.string(tree["email"]?["body"], at: "email.body")
        var lines: [Line] = []
        if asksForLines {
            let elements = tree["lines"]?.elements
            if elements == nil { problems.add("lines has to be a list.") }
            for (index, element) in (elements ?? []).prefix(Self.lineLimit + 1).enumerated() {
                lines.append(Self.line(element, "lines[\(index)]", &problems))
            }
            if lines.count > Self.lineLimit { problems.add("There are more than \(Self.lineLimit) lines.") }
            if elements?.isEmpty == true { problems.add("There is no line.") }
        }
        self.lines = lines
        guard problems.sentences.isEmpty else { throw problems }
    }

    private static func line(_ tree: JSONTree, _ place: String, _ problems: inout Problems) -> Line {
        problems.check(tree, has: ["product_id", "quantity", "wording", "evidence"], at: place)
        let product: String? =
            switch tree["product_id"] {
            case .string(let name): name
            case .null: nil
            default: problems.adding("\(place).product_id has to be one of the ids, or null.")
            }
        let quantity: Quantity? =
            if case .number(let digits) = tree["quantity"] { ScaledDecimal(digits).flatMap(Quantity.init) } else { nil }
        if quantity == nil { problems.add("\(place).quantity has to be a number.") }
        return Line(
            product: product, quantity: quantity ?? .one,
            wording: problems.string(tree["wording"], at: "\(place).wording"),
            evidence: problems.string(tree["evidence"], at: "\(place).evidence"))
    }
}

/// What is wrong with an answer, in sentences fit for the model and for a person.
struct Problems: Error, Hashable {
    private(set) var sentences: [String]

    init(_ sentences: [String]) { self.sentences = sentences }

    // A hundred wrong lines need not be said one by one.
    private static let most = 20

    mutating func add(_ sentence: String) {
        if sentences.count < Self.most, !sentences.contains(sentence) { sentences.append(sentence) }
    }

    fileprivate mutating func adding(_ sentence: String) -> String? {
        add(sentence)
        return nil
    }

    /// Exactly these members, each once.
    fileprivate mutating func check(_ tree: JSONTree, has names: [String], at place: String) {
        guard let members = tree.members else { return add("\(place) has to be an object.") }
        let given = members.map(\.name)
        for name in names where !given.contains(name) { add("\(place) lacks \(name).") }
        if given.contains(where: { !names.contains($0) }) {
            add("\(place) may only have: \(names.joined(separator: ", ")).")
        }
    }

    fileprivate mutating func string(_ tree: JSONTree?, at place: String) -> String {
        guard let text = tree?.text else {
            add("\(place) has to be a text.")
            return ""
        }
        return text
    }
}
