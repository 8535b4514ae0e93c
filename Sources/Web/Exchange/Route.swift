import HTTPTypes

/// One row of the route table.
struct Route: Sendable {
    /// Who asks here; decides how errors look, which headers an answer gets, and whether a session is needed.
    enum Area: Sendable, CaseIterable {
        /// A member's page: needs a session.
        case member
        /// A page that anybody may open; a session is looked up where there is one.
        case open
        /// What a customer sees of a document.
        case customer
        /// The regular API.
        case api
        /// Pipedrive's panel.
        case panel
        /// Machines that want a status and a line of text.
        case machine
    }

    /// What the body has to be.
    enum BodyRule: Sendable {
        /// Ignored.
        case none
        /// A form of at most 512 kB.
        case form
        /// JSON of at most 1 MB.
        case json
        /// JSON, or nothing at all.
        case optionalJSON
        /// Any bytes, at most so many.
        case bytes(limit: Int)

        var limit: Int {
            switch self {
            case .none: 1_000_000
            case .form: 512_000
            case .json, .optionalJSON: 1_000_000
            case .bytes(let limit): limit
            }
        }
    }

    let method: HTTPRequest.Method
    /// `/quotes/{id}`.
    let pattern: String
    let area: Area
    let body: BodyRule
    let answer: @Sendable (Call) async throws -> WebResponse

    /// Method and pattern, as logged.
    let name: String

    private let segments: [Segment]

    /// Whether the path has no parameters.
    var isLiteral: Bool {
        segments.allSatisfy { if case .literal = $0 { true } else { false } }
    }

    private enum Segment: Sendable {
        case literal(String)
        case parameter(String)
    }

    init(
        _ method: HTTPRequest.Method, _ pattern: String, _ area: Area, body: BodyRule = .none,
        answer: @escaping @Sendable (Call) async throws -> WebResponse
    ) {
        self.method = method
        self.pattern = pattern
        self.area = area
        self.body = body
        self.answer = answer
        name = "\(method.rawValue) \(pattern)"
        segments = pattern.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map { part in
            part.hasPrefix("{") ? .parameter(String(part.dropFirst().dropLast())) : .literal(String(part))
        }
    }

    /// The parameters when the decoded path segments fit this pattern.
    func match(_ path: [String]) -> [String: String]? {
        guard path.count == segments.count else { return nil }
        var parameters: [String: String] = [:]
        for (segment, part) in zip(segments, path) {
            switch segment {
            case .literal(let text): guard text == part else { return nil }
            case .parameter(let name):
                guard !part.isEmpty else { return nil }
                parameters[name] = part
            }
        }
        return parameters
    }
}
