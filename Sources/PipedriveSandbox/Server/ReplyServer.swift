import FlyingFox
import FlyingSocks
import Foundation

/// An HTTP server that answers by a closure, and can break connections off.
final class ReplyServer: Sendable {
    private let host: String
    private let server: HTTPServer

    /// Prepares to listen on an IPv4 address; port 0 takes a free one.
    ///
    /// An answer of nil resets the connection.
    init(host: String, port: UInt16, answer: @escaping @Sendable (Request) async -> Reply?) throws {
        self.host = host
        let address = try sockaddr_in.inet(ip4: host, port: port)
        // Faults may hold an answer back for minutes, so the server's own limit must not cut them short.
        let configuration = HTTPServer.Configuration(
            address: address, timeout: 3600, sharedRequestBufferSize: 65536, logger: .disabled)
        server = HTTPServer(config: configuration, handler: Desk(answer: answer))
    }

    /// Serves until the task is cancelled; calls back once with the address when listening.
    func run(whenListening: @escaping @Sendable (_ origin: String, _ port: Int) throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.server.run() }
            group.addTask {
                try await self.server.waitUntilListening()
                let port = try await self.boundPort()
                SocketTable.sendWithoutDelay(listeningPort: port)
                try whenListening("http://\(self.host):\(port)", port)
            }
            try await group.waitForAll()
        }
    }

    private func boundPort() async throws -> Int {
        switch await server.listeningAddress {
        case .ip4(_, let port)?, .ip6(_, let port)?: return Int(port)
        default: throw SandboxFailure(description: "The bound port is not known")
        }
    }

    private struct Desk: HTTPHandler {
        let answer: @Sendable (Request) async -> Reply?

        func handleRequest(_ request: HTTPRequest) async throws -> HTTPResponse {
            let ours = try await request.read()
            guard let reply = await answer(ours) else {
                SocketTable.breakConnection(peerPort: ours.peerPort)
                return HTTPResponse(statusCode: .badGateway)
            }
            return reply.response(isClosing: ours.header("connection")?.lowercased() == "close")
        }
    }
}

extension HTTPRequest {
    fileprivate func read() async throws -> Request {
        var fields: [String: String] = [:]
        for header in headers { fields[header.key.rawValue.lowercased()] = header.value }
        var port: UInt16?
        switch remoteAddress {
        case .ip4(_, port: let number), .ip6(_, port: let number): port = number
        default: break
        }
        return Request(
            method: method.rawValue, target: target.rawValue, headers: fields, body: [UInt8](try await bodyData),
            peerPort: port)
    }
}

extension Reply {
    fileprivate func response(isClosing: Bool) -> HTTPResponse {
        var fields = HTTPHeaders()
        for header in headers { fields.addValue(header.value, for: HTTPHeader(header.name)) }
        fields[.connection] = isClosing ? "close" : "keep-alive"
        let size = max(4096, body.count)
        let sequence =
            pace == .whole
            ? HTTPBodySequence(data: Data(body), suggestedBufferSize: size)
            : HTTPBodySequence(
                from: DisturbedBody(bytes: body, pace: pace), count: body.count, suggestedBufferSize: size)
        let phrase = Self.phrases[status] ?? "Status"
        return HTTPResponse(statusCode: HTTPStatusCode(status, phrase: phrase), headers: fields, body: sequence)
    }

    private static let phrases = [
        200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 302: "Found", 303: "See Other",
        400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 403: "Forbidden", 404: "Not Found",
        405: "Method Not Allowed", 410: "Gone", 415: "Unsupported Media Type", 429: "Too Many Requests",
        500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
    ]
}
