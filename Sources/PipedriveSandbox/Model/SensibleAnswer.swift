import Foundation

/// Fills a schema with what the question offers: products that its words name, their quantities, and a short e-mail.
///
/// It stands in for a good model; it knows no schema beforehand and goes by the names and types of the members.
struct SensibleAnswer {
    /// What the text members are filled with instead, by the mode that obeys injected text.
    var obeyed: String?

    private let question: ModelQuestion
    private let root: JSON
    private let chosen: [ModelQuestion.Offer]
    private static let depthLimit = 12

    init(_ question: ModelQuestion) {
        self.question = question
        root = question.schema ?? .null
        chosen = Self.choice(of: question.offers, title: question.title, given: question.given)
    }

    var json: JSON { value(root, name: "", offer: chosen.first, depth: 0) }

    /// The offers that the title names, then those that stand among the given texts more than once; or the first.
    private static func choice(of offers: [ModelQuestion.Offer], title: String, given: String) -> [ModelQuestion.Offer]
    {
        let words = Set(words(of: title))
        let named = offers.filter { offer in
            let telling = Self.words(of: offer.name).filter { $0.count > 2 }
            return telling.contains(where: words.contains) || offer.code.map { title.contains($0) } == true
        }
        var seen: Set<String> = []
        let distinct = named.filter { seen.insert(JSONWriter.text($0.id)).inserted }
        return distinct.isEmpty ? Array(offers.prefix(1)) : Array(distinct.prefix(5))
    }

    private static func words(of text: String) -> [String] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }.map { String($0) }
    }

    private func value(_ schema: JSON, name: String, offer: ModelQuestion.Offer?, depth: Int) -> JSON {
        let schema = whole(schema)
        guard depth < Self.depthLimit else { return .null }
        if let constant = schema.members?["const"] { return constant }
        if let options = schema["enum"].list { return pick(options, name, offer) }
        if let options = (schema["anyOf"].list ?? schema["oneOf"].list)?.map(resolved) {
            let best = options.first { isReference(name) && fits(offer?.id ?? .null, $0) }
            let other = options.first { $0["type"] != "null" } ?? .null
            return value(best ?? other, name: name, offer: offer, depth: depth + 1)
        }
        switch type(of: schema) {
        case "object":
            let members = schema["properties"].members?.members ?? []
            return .object(
                JSONObject(members.map { ($0.key, value($0.value, name: $0.key, offer: offer, depth: depth + 1)) }))
        case "array": return list(schema, name, offer, depth)
        case "string": return .string(fitting(text(name, offer), schema))
        case "integer", "number": return number(schema, name, offer)
        case "boolean": return false
        default: return .null
        }
    }

    /// The schema with what it takes from others: references, and the parts of `allOf`.
    private func whole(_ schema: JSON) -> JSON {
        let schema = resolved(schema)
        guard let parts = schema["allOf"].list, var merged = schema.members else { return schema }
        for part in parts.compactMap({ whole($0).members }) {
            var properties = merged["properties"]?.members ?? JSONObject()
            properties.merge(part["properties"]?.members ?? JSONObject())
            merged.merge(part)
            if !properties.isEmpty { merged["properties"] = .object(properties) }
        }
        merged["allOf"] = nil
        return .object(merged)
    }

    private func resolved(_ schema: JSON) -> JSON {
        guard let reference = schema["$ref"].text else { return schema }
        if reference == "#" { return root }
        return reference.split(separator: "/").dropFirst().reduce(root) { $0[String($1)] }
    }

    private func type(of schema: JSON) -> String {
        if let name = schema["type"].text { return name }
        return schema["type"].list?.compactMap(\.text).first { $0 != "null" } ?? "object"
    }

    private func fits(_ id: JSON, _ schema: JSON) -> Bool {
        if let options = schema["enum"].list { return options.contains(id) }
        switch type(of: schema) {
        case "string": return id.text != nil
        case "integer", "number": return id.whole != nil
        default: return false
        }
    }

    private func isReference(_ name: String) -> Bool {
        let name = name.lowercased()
        return name == "id" || name.hasSuffix("_id") || name.hasSuffix("id") && name.contains("product")
            || ["product", "item", "sku"].contains(name)
    }

    private func pick(_ options: [JSON], _ name: String, _ offer: ModelQuestion.Offer?) -> JSON {
        if let offer {
            for wanted in [offer.id, .string(JSONWriter.text(offer.id)), .string(offer.name)]
            where options.contains(wanted) { return wanted }
        }
        return options.first { !$0.isNull } ?? .null
    }

    private func list(_ schema: JSON, _ name: String, _ offer: ModelQuestion.Offer?, _ depth: Int) -> JSON {
        let items = resolved(schema["items"])
        let isPerOffer = type(of: items) == "object" || isReference(name)
        let least = schema["minItems"].whole ?? 0
        let most = schema["maxItems"].whole ?? 20
        let perOffer = isPerOffer ? chosen.map { Optional($0) } : [offer]
        var source = perOffer.isEmpty ? [nil] : perOffer
        while source.count < least { source.append(source.last ?? nil) }
        // Numbers and texts that do not belong to an offer are all alike.
        if schema["uniqueItems"] == true, !isPerOffer { source = [offer] }
        return .array(source.prefix(most).map { value(items, name: name, offer: $0, depth: depth + 1) })
    }

    private func number(_ schema: JSON, _ name: String, _ offer: ModelQuestion.Offer?) -> JSON {
        if isReference(name), let id = offer?.id, id.whole != nil { return id }
        let isWhole = type(of: schema) == "integer"
        // A little inside a bound that may not be reached itself.
        let inside = isWhole ? 1 : 0.01
        let least = schema["minimum"].decimal ?? schema["exclusiveMinimum"].decimal.map { $0 + inside } ?? 0
        let most =
            schema["maximum"].decimal ?? schema["exclusiveMaximum"].decimal.map { $0 - inside }
            ?? .greatestFiniteMagnitude
        var number = min(most, max(least, Double(quantity(of: offer))))
        if let step = schema["multipleOf"].decimal, step > 0 { number = (number / step).rounded(.up) * step }
        return .amount(isWhole ? number.rounded(.up) : number)
    }

    /// The whole number that stands in the title within two words of one of the offer's words; one when none does.
    private func quantity(of offer: ModelQuestion.Offer?) -> Int {
        let names = Set(offer.map { Self.words(of: $0.name) } ?? [])
        let words = Self.words(of: question.title)
        for (place, word) in words.enumerated() where names.contains(word) && Int(word) == nil {
            let around = words[max(0, place - 2)..<min(words.count, place + 3)]
            if let number = around.lazy.compactMap({ Int($0) }).first, (1...10_000).contains(number) { return number }
        }
        return 1
    }

    private func text(_ name: String, _ offer: ModelQuestion.Offer?) -> String {
        if isReference(name), let id = offer?.id { return id.text ?? JSONWriter.text(id) }
        if let obeyed { return obeyed }
        let name = name.lowercased()
        let title = question.title
        if name.contains("subject") { return "Offerte: \(title)" }
        if ["body", "email", "mail", "message", "letter", "text"].contains(where: name.contains) {
            return "Hartelijk dank voor uw aanvraag. In de bijlage vindt u onze offerte voor \(title)."
        }
        if ["evidence", "source", "basis", "excerpt", "rests", "reason", "quote"].contains(where: name.contains) {
            return title
        }
        if name.contains("lang") { return "nl" }
        if name.contains("quantity") || name.contains("amount") { return String(quantity(of: offer)) }
        return offer?.name ?? title
    }

    /// The text in the length and form asked for.
    private func fitting(_ text: String, _ schema: JSON) -> String {
        switch schema["format"].text {
        case "date": return "2026-12-01"
        case "date-time": return "2026-12-01T09:00:00Z"
        case "email": return "inkoop@voorbeeld.example"
        case "uri", "url": return "https://voorbeeld.example/"
        case "uuid": return RandomText.uuid(from: 1, 2)
        default: break
        }
        var text = text
        while text.count < schema["minLength"].whole ?? 0 { text += text.isEmpty ? "-" : " " + text }
        return schema["maxLength"].whole.map { String(text.prefix($0)) } ?? text
    }
}
