import Domain
import HTTPTransport
import HTTPTypes

/// Sends one request to Pipedrive and sorts what comes back: an answer, or a `CRMFailure`.
struct PipedriveGateway: Sendable {
    let configuration: PipedriveConfiguration
    let transport: any HTTPSending

    /// Time for one request unless a caller gives less.
    static let timeout = Duration.seconds(20)

    typealias Query = [(name: String, value: String)]

    /// Calls the API as the given user; the token only ever goes to an allowed host.
    func answer(
        to operation: PipedriveOperation, id: Int64? = nil, variation: Int64? = nil, word: String? = nil,
        query: Query = [], json body: [UInt8]? = nil, access: PipedriveAccess, timeout: Duration = Self.timeout
    ) async throws -> JSONNode {
        guard let origin = configuration.allowedHosts.origin(of: access.apiOrigin.text) else {
            throw CRMFailure(.rejected, reason: "The API host of this connection is not allowed")
        }
        var place = (id.map(String.init) ?? word).map { operation.path.replacing("{id}", with: $0) } ?? operation.path
        if let variation { place = place.replacing("{product_variation_id}", with: String(variation)) }
        var path = operation.interface.prefix + place
        if !query.isEmpty { path += "?" + PercentEncoding.pairs(query) }
        var request = HTTPRequest(
            method: operation.method, scheme: origin.scheme, authority: origin.authority, path: path)
        request.headerFields[.accept] = "application/json"
        request.headerFields[.authorization] = "Bearer \(access.accessToken.reveal())"
        if body != nil { request.headerFields[.contentType] = "application/json" }
        try await access.allowance?.spend(tokens: operation.tokenCost)
        let response = try await send(request, body: body, operation: operation, timeout: timeout)
        // Search has a budget of its own, which says nothing about the other calls.
        if !operation.path.hasSuffix("/search") { access.allowance?.note(AnswerSorting.budget(response)) }
        do {
            if let failure = AnswerSorting.failure(of: response, to: operation) { throw failure }
            return try Self.body(of: response, to: operation)
        } catch let failure as CRMFailure {
            throw failure.quoting(AnswerSorting.excerpt(response))
        }
    }

    /// One exchange; a missing response becomes `transient`, doubtful only when repeating could do it twice.
    func send(
        _ request: HTTPRequest, body: [UInt8]?, operation: PipedriveOperation, timeout: Duration
    ) async throws -> IncomingResponse {
        let outgoing = OutgoingRequest(
            request: request, body: body, timeout: timeout, connectTimeout: min(timeout, .seconds(5)),
            maxResponseBytes: 32 << 20)
        do {
            return try await transport.send(outgoing)
        } catch let error as HTTPTransportError {
            throw CRMFailure(
                .transient(
                    mayHaveTakenEffect: !operation.isRepeatable && error.mayHaveReachedServer, retryAfterSeconds: nil),
                reason: "No answer to \(operation.label): \(error.code.rawValue)")
        } catch {
            throw CRMFailure(
                .transient(mayHaveTakenEffect: !operation.isRepeatable, retryAfterSeconds: nil),
                reason: "No answer to \(operation.label): ended early")
        }
    }

    private static func body(of response: IncomingResponse, to operation: PipedriveOperation) throws -> JSONNode {
        if response.body.isEmpty, operation.method == .delete, let nothing = JSONDocument(Array("{}".utf8)) {
            return nothing.root
        }
        guard let document = JSONDocument(response.body), document.root.isObject,
            document.root["success"]?.flag != false
        else { throw unreadable(operation, status: response.response.status.code) }
        return document.root
    }

    /// A successful status with a body that makes no sense: the request was probably carried out.
    static func unreadable(_ operation: PipedriveOperation, status: Int? = nil) -> CRMFailure {
        CRMFailure(
            .transient(mayHaveTakenEffect: !operation.isRepeatable, retryAfterSeconds: nil), status: status,
            reason: "The answer to \(operation.label) cannot be read")
    }
}
