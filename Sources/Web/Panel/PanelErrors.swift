import HTTPTypes

/// The panel's documented error body.
enum PanelErrors {
    /// Pipedrive shows at most 30 characters of the title.
    static func answer(
        _ status: HTTPResponse.Status, _ subtitle: String, title: String? = nil,
        action: (url: String, label: String)? = nil
    ) -> WebResponse {
        var members: [(name: String, value: JSONValue)] = [
            ("title", .string(title ?? "PayDock can't show this")), ("subtitle", .string(subtitle)),
        ]
        if let action {
            members.append(("action", .object([("url", .string(action.url)), ("label", .string(action.label))])))
        }
        let answer = WebResponse.json(.object([("error", .object(members))]), status: status)
        guard status == .unauthorized else { return answer }
        return answer.setting(.wwwAuthenticate, "Basic realm=\"PayDock panel\", charset=\"UTF-8\"")
    }
}
