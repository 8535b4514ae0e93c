/// What the app answered for its panel.
enum PanelAnswer: Sendable {
    case notConfigured
    case unreachable(String)
    /// The answer was no panel: the reader sees Pipedrive's general words, the reason is for developers.
    case broken(String)
    case refused(title: String, subtitle: String?, link: Link?)
    case objects([JSONObject], externalLink: Link?)

    struct Link: Sendable {
        let url: String
        let label: String

        init?(_ json: JSON, fallback: String) {
            guard let url = json["url"].text, url.hasPrefix("https://") || url.hasPrefix("http://") else { return nil }
            self.url = url
            label = json["label"].text ?? fallback
        }
    }

    init(status: Int, body: [UInt8]) {
        let json: JSON
        do { json = try JSONParser.parse(body) } catch {
            self = .broken("status \(status), not JSON")
            return
        }
        if status > 300 {
            let error = json["error"]
            guard let title = error["title"].text else {
                self = .broken("status \(status) without an error title")
                return
            }
            let link = Link(error["action"], fallback: "Open")
            self = .refused(title: title, subtitle: error["subtitle"].text, link: link)
            return
        }
        let link = Link(json["external_link"], fallback: "Open")
        switch json["data"] {
        case .object(let object): self = .objects(object.isEmpty ? [] : [object], externalLink: link)
        case .array(let list):
            let objects = list.compactMap(\.members)
            let isWhole =
                objects.count == list.count && objects.allSatisfy { $0["id"] != nil && $0["header"]?.text != nil }
            self = isWhole ? .objects(objects, externalLink: link) : .broken("an object lacks its id or header")
        default: self = .broken("there is no data")
        }
    }
}
