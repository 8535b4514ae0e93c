/// What an app asks a language model, read from either form of the API.
struct ModelQuestion: Sendable {
    /// A thing with an id and a name that the texts offer.
    struct Offer: Sendable {
        let id: JSON
        let name: String
        let code: String?
    }

    let model: String
    /// The instructions and what people wrote, in order.
    let messages: [(role: String, text: String)]
    /// The schema that the answer is to have, nil when any text will do.
    let schema: JSON?

    /// Reads a body of chat completions, or of responses; nil when neither fits.
    init?(_ body: JSON) {
        guard let name = body["model"].text else { return nil }
        model = name
        let list: [JSON]
        if let text = body["input"].text {
            list = [["role": "user", "content": .string(text)]]
        } else {
            list = body["messages"].list ?? body["input"].list ?? []
        }
        let instructions = body["instructions"].text.map { [(role: "system", text: $0)] } ?? []
        messages = instructions + list.map { ($0["role"].text ?? "user", Self.text(of: $0["content"])) }
        guard !messages.isEmpty else { return nil }
        let chat = body["response_format"]["json_schema"]["schema"]
        let response = body["text"]["format"]["schema"]
        schema = chat.members != nil ? chat : response.members != nil ? response : nil
    }

    private static func text(of content: JSON) -> String {
        content.text ?? (content.list ?? []).compactMap { $0["text"].text }.joined(separator: "\n")
    }

    /// Everything but the instructions.
    var given: String {
        messages.filter { !["system", "developer"].contains($0.role) }.map(\.text).joined(separator: "\n")
    }

    /// The JSON values that stand in the messages.
    private var values: [JSON] {
        messages.flatMap { message -> [JSON] in
            let bytes = Array(message.text.utf8)
            guard let first = bytes.firstIndex(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "[") }),
                let last = bytes.lastIndex(where: { $0 == UInt8(ascii: "}") || $0 == UInt8(ascii: "]") }), first < last
            else { return [] }
            do { return [try JSONParser.parse(Array(bytes[first...last]))] } catch { return [] }
        }
    }

    /// The products in the messages' JSON.
    var offers: [Offer] { values.flatMap(Self.offers) }

    private static func offers(in value: JSON) -> [Offer] {
        if let list = value.list { return list.flatMap(offers) }
        guard let object = value.members else { return [] }
        let inner = object.members.flatMap { offers(in: $0.value) }
        let id = object["product_id"] ?? object["productId"] ?? object["id"]
        guard let id, id.text != nil || id.whole != nil, let name = object["name"]?.text else { return inner }
        return [Offer(id: id, name: name, code: object["code"]?.text)] + inner
    }

    /// The deal's title, or else the first line of what was given.
    var title: String {
        let found = values.lazy.compactMap(Self.title).first
        return found ?? given.split(separator: "\n").first.map { String($0.prefix(80)) } ?? ""
    }

    private static func title(in value: JSON) -> String? {
        if let list = value.list { return list.lazy.compactMap(title).first }
        guard let object = value.members else { return nil }
        return object["title"]?.text ?? object.members.lazy.compactMap { title(in: $0.value) }.first
    }
}
