import HTTPTransport
import HTTPTypes

extension OutgoingRequest {
    static func fixture(
        _ method: HTTPRequest.Method = .get, scheme: String = "http", to authority: String, path: String = "/",
        fields: HTTPFields = [:], body: [UInt8]? = nil, timeout: Duration = .seconds(30),
        maxResponseBytes: Int = 8 << 20
    ) -> OutgoingRequest {
        OutgoingRequest(
            request: HTTPRequest(
                method: method, scheme: scheme, authority: authority, path: path, headerFields: fields),
            body: body, timeout: timeout, maxResponseBytes: maxResponseBytes)
    }
}

/// The error that `send` throws, or nil when there was a response.
func failure(of transport: CurlTransport, _ request: OutgoingRequest) async throws -> HTTPTransportError? {
    do {
        _ = try await transport.send(request)
        return nil
    } catch let error as HTTPTransportError {
        return error
    }
}
