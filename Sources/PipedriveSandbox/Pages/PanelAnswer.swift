/// What the app answered for its panel.
enum PanelAnswer: Sendable {
    case notConfigured
    case unreachable(String)
    /// The answer was no panel: the reader sees Pipedrive's general words, the reason is for developers.
    case broken(String)
    case refused(title: String, subtitle: String?, link: Link?)
    case objects([Shown], externalLink: Link?)

    /// One object as it is to be drawn: its heading, then its fields.
    struct Shown: Sendable {
        let header: String?
        let rows: [(label: String, value: JSON)]

        /// In the order and with the labels of the schema; as the answer has them when there is no schema.
        init(_ object: JSONObject, _ schema: PanelSchema?) {
            let heading = schema?.fields.first { $0.kind == .header }?.name ?? "header"
            header = object[heading]?.text
            if let schema {
                rows = schema.fields.filter { $0.kind != .header && $0.name != "id" }
                    .map { ($0.label, object[$0.name] ?? .null) }
            } else {
                rows = object.members.filter { !["id", "header"].contains($0.key) }
                    .map { (PanelSchema.words(of: $0.key), $0.value) }
            }
        }
    }

    struct Link: Sendable {
        let url: String
        let label: String

        init?(_ json: JSON, fallback: String) {
            guard let url = json["url"].text, url.hasPrefix("https://") || url.hasPrefix("http://") else { return nil }
            self.url = url
            label = json["label"].text ?? fallback
        }
    }

    /// Reads an answer; the schema, when there is one, decides whether it can be drawn.
    init(status: Int, body: [UInt8], schema: PanelSchema? = nil) {
        let json: JSON
        do { json = try JSONParser.parse(body) } catch {
            self = .broken("status \(status), not JSON")
            return
        }
        self = status > 300 ? Self.refusal(json, status) : Self.objects(json, schema)
    }

    private static func refusal(_ json: JSON, _ status: Int) -> PanelAnswer {
        let error = json["error"]
        guard let title = error["title"].text else { return .broken("status \(status) without an error title") }
        return .refused(
            title: title, subtitle: error["subtitle"].text, link: Link(error["action"], fallback: "Open"))
    }

    private static func objects(_ json: JSON, _ schema: PanelSchema?) -> PanelAnswer {
        let known: Set<String> = ["data", "external_link", "settings"]
        if schema != nil, let other = json.members?.keys.first(where: { !known.contains($0) }) {
            return .broken("'\(other)' beside the data is not known")
        }
        let link = Link(json["external_link"], fallback: "Open")
        let objects: [JSONObject]
        switch json["data"] {
        case .object(let object): objects = object.isEmpty ? [] : [object]
        case .array(let list):
            objects = list.compactMap(\.members)
            if objects.count < list.count { return .broken("an item of the data is no object") }
        default: return .broken("there is no data")
        }
        if objects.isEmpty { return .objects([], externalLink: link) }
        if let schema {
            if let problem = schema.problem(in: objects, isList: json["data"].list != nil) { return .broken(problem) }
        } else if json["data"].list != nil, objects.contains(where: { $0["id"] == nil || $0["header"]?.text == nil }) {
            return .broken("an object lacks its id or header")
        }
        return .objects(objects.map { Shown($0, schema) }, externalLink: link)
    }
}
