import HTTPTransport
import HTTPTypes
import Synchronization

/// Answers requests from a list of replies, and remembers what was sent.
final class StubTransport: HTTPSending {
    /// What comes back for a method and path; `query` has to stand in the request's query where it is given.
    struct Reply: Sendable {
        let method: HTTPRequest.Method
        let path: String
        var query: String = ""
        var status = 200
        var fields: HTTPFields = [.contentType: "application/json"]
        var body: String = ""
        var error: HTTPTransportError?
    }

    /// A request that no reply was prepared for: the test is wrong.
    struct NoReply: Error {}

    private let replies: [Reply]
    private let recorded = Mutex<[OutgoingRequest]>([])

    init(_ replies: [Reply]) {
        self.replies = replies
    }

    /// Everything sent so far, in order.
    var requests: [OutgoingRequest] { recorded.withLock { $0 } }

    /// Method and path with query of everything sent so far.
    var lines: [String] { requests.map { "\($0.request.method.rawValue) \($0.request.path ?? "")" } }

    func send(_ request: OutgoingRequest) async throws -> IncomingResponse {
        recorded.withLock { $0.append(request) }
        let parts = (request.request.path ?? "").split(separator: "?", maxSplits: 1).map(String.init)
        let query = parts.count > 1 ? parts[1] : ""
        let reply = replies.first { reply in
            reply.method == request.request.method && reply.path == parts.first
                && (reply.query.isEmpty || query.contains(reply.query))
        }
        guard let reply else { throw NoReply() }
        if let error = reply.error { throw error }
        return IncomingResponse(
            response: HTTPResponse(status: .init(code: reply.status), headerFields: reply.fields),
            body: Array(reply.body.utf8))
    }
}

extension StubTransport.Reply {
    static func get(_ path: String, query: String = "", _ body: String) -> Self {
        Self(method: .get, path: path, query: query, body: body)
    }
}
