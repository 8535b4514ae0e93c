import HTTPTypes

/// One operation of Pipedrive's API, with everything about it that the product relies on.
///
/// The client takes path, method and cost from here; a test holds the rest against Pipedrive's official files.
struct PipedriveOperation: Hashable, Sendable {
    /// Which of Pipedrive's interfaces it belongs to, and so where its path starts.
    enum Interface: String, Sendable, CaseIterable {
        /// `{api_domain}/api/v1`.
        case v1
        /// `{api_domain}/api/v2`.
        case v2
        /// The OAuth server.
        case oauth

        /// What stands before the path.
        var prefix: String {
            switch self {
            case .v1: "/api/v1"
            case .v2: "/api/v2"
            case .oauth: ""
            }
        }
    }

    /// Type of a parameter or a field, as the official files say it.
    enum FieldType: String, Sendable {
        case integer
        case number
        case string
        case boolean
        case object
        case array
        /// Different official types at different places; read tolerantly.
        case varying
    }

    let interface: Interface
    let method: HTTPRequest.Method
    /// Path with `{id}` where an identifier goes.
    let path: String
    /// Query parameters that are sent.
    var query: [String: FieldType] = [:]
    /// Fields of the body that are sent.
    var requestFields: [String: FieldType] = [:]
    /// Fields of the answer that are read, as `data[].emails[].value`.
    var responseFields: [String: FieldType] = [:]
    /// What it takes from the company's daily budget.
    let tokenCost: Int
    /// Documented in prose only, so that no official file has it.
    var isProseOnly = false

    /// Whether carrying it out twice does no more than once.
    var isRepeatable: Bool { method != .post && method != .patch }

    /// Fit for a log: no identifiers in it.
    var label: String { "\(method.rawValue) \(interface.prefix)\(path)" }
}
