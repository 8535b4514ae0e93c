import Foundation

/// A person's browser without a screen: keeps cookies and sends forms as they stand in a page.
actor Visitor {
    private let origin: String
    private var cookies: [String: String] = [:]

    init(_ origin: String) { self.origin = origin }

    func get(_ place: String) async throws -> Answer { try await send("GET", place) }

    /// The page at a place, which has to be there.
    func page(_ place: String) async throws -> String {
        let answer = try await get(place)
        guard answer.status == 200 else {
            throw Failure("GET \(place): \(answer.status) to \(answer.fields["location"] ?? "-")\n\(answer.text)")
        }
        return answer.text
    }

    /// Sends the form of `page` that leads to `action`, with some fields filled in.
    func submit(_ page: String, _ action: String, _ filled: [(String, String)] = []) async throws -> Answer {
        let form = try HTMLForm(action: action, in: page)
        let body = HTTP.encoded(form.fields.filter { name, _ in !filled.contains { $0.0 == name } } + filled)
        return try await send(
            "POST", action, ["Content-Type": "application/x-www-form-urlencoded"], Data(body.utf8))
    }

    /// Sends a form and asks for the page that it leads on to.
    func submitted(_ page: String, _ action: String, _ filled: [(String, String)] = []) async throws -> String {
        let answer = try await submit(page, action, filled)
        guard answer.status == 303, let place = answer.fields["location"] else {
            throw Failure("POST \(action): \(answer.status)\n\(answer.text)")
        }
        return try await self.page(place)
    }

    func send(
        _ method: String, _ place: String, _ fields: [String: String] = [:], _ body: Data? = nil
    ) async throws -> Answer {
        var fields = fields
        if !cookies.isEmpty {
            fields["Cookie"] = cookies.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: "; ")
        }
        let url = place.hasPrefix("http") ? place : origin + place
        let answer = try await HTTP.send(method, url, fields: fields, body: body)
        if url.hasPrefix(origin) { keep(answer.fields["set-cookie"]) }
        return answer
    }

    private func keep(_ field: String?) {
        for cookie in field?.split(separator: "\n") ?? [] {
            let pair = cookie.split(separator: ";")[0].split(separator: "=", maxSplits: 1)
            cookies[String(pair[0])] = cookie.contains("Max-Age=0") || pair.count < 2 ? nil : String(pair[1])
        }
    }
}

/// A form as it stands in a page: what a browser would send without anybody touching it.
struct HTMLForm {
    var fields: [(String, String)] = []

    init(action: String, in page: String) throws {
        let forms = page.components(separatedBy: "<form ").dropFirst().map {
            $0.components(separatedBy: "</form>")[0]
        }
        let form = try forms.first { Self.attribute("action", in: String($0.prefix { $0 != ">" })) == action }
            .orFail("The page has no form to \(action):\n\(page)")
        for tag in form.components(separatedBy: "<input ").dropFirst().map({ String($0.prefix { $0 != ">" }) }) {
            let isChosen =
                ["checkbox", "radio"].contains(Self.attribute("type", in: tag)) ? tag.contains("checked") : true
            if isChosen, let name = Self.attribute("name", in: tag) {
                fields.append((name, Self.attribute("value", in: tag) ?? ""))
            }
        }
    }

    private static func attribute(_ name: String, in tag: String) -> String? {
        let parts = " \(tag)".components(separatedBy: " \(name)=\"")
        return parts.count > 1 ? HTMLText.plain(parts[1].components(separatedBy: "\"")[0]) : nil
    }
}

/// Text inside HTML.
enum HTMLText {
    static func plain(_ text: String) -> String {
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")].reduce(text) {
            $0.replacing($1.0, with: $1.1)
        }
    }
}
