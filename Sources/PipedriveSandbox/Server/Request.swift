import Foundation

/// An incoming request, read whole.
struct Request: Sendable {
    let method: String
    let path: String
    let query: [(name: String, value: String)]
    let headers: [String: String]
    let body: [UInt8]
    /// The port at the caller's end, by which its connection is found when a fault must break it.
    var peerPort: UInt16?

    init(
        method: String, target: String, headers: [String: String] = [:], body: [UInt8] = [], peerPort: UInt16? = nil
    ) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.method = method
        path = String(parts.first ?? "/")
        query = parts.count > 1 ? Form.parse(String(parts[1])) : []
        self.headers = headers
        self.body = body
        self.peerPort = peerPort
    }

    /// The path between the slashes, decoded.
    var segments: [String] {
        path.split(separator: "/", omittingEmptySubsequences: true).map { String($0).removingPercentEncoding ?? "" }
    }

    func value(_ name: String) -> String? { query.first { $0.name == name }?.value }

    /// A header by its name in lower case.
    func header(_ name: String) -> String? { headers[name] }

    var contentType: String {
        let value = header("content-type") ?? ""
        return value.split(separator: ";").first.map { $0.trimmingSpaces().lowercased() } ?? ""
    }

    /// The fields of a posted form.
    var form: [(name: String, value: String)] { Form.parse(String(decoding: body, as: UTF8.self)) }

    func formValue(_ name: String) -> String? { form.first { $0.name == name }?.value }

    func cookie(_ name: String) -> String? {
        for pair in (header("cookie") ?? "").split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            if parts.count == 2, parts[0].trimmingSpaces() == name { return String(parts[1]) }
        }
        return nil
    }

    /// The user and password of Basic authentication.
    var basicCredentials: (user: String, password: String)? {
        guard let value = header("authorization"), value.lowercased().hasPrefix("basic "),
            let decoded = Data(base64Encoded: value.dropFirst(6).trimmingSpaces())
        else { return nil }
        let parts = String(decoding: decoded, as: UTF8.self)
            .split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
    }

    var bearerToken: String? {
        guard let value = header("authorization"), value.lowercased().hasPrefix("bearer ") else { return nil }
        return value.dropFirst(7).trimmingSpaces()
    }
}
