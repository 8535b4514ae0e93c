import Dispatch
import Foundation

/// An answer over HTTP.
struct Answer: Sendable {
    let status: Int
    /// By lower-case name; fields that came several times stand in several lines.
    let fields: [String: String]
    let body: Data

    var text: String { String(decoding: body, as: UTF8.self) }

    func json() throws -> JSON {
        do { return try JSON.parse(body) } catch { throw Failure("Status \(status), no JSON: \(text)") }
    }
}

/// Sends one request per connection, over loopback.
///
/// Nothing happens by itself: no redirect is followed, no cookie is kept, no challenge is answered. Foundation's own
/// client never ends a request that is answered with 401 where it has no credentials.
enum HTTP {
    static func send(
        _ method: String, _ url: String, fields: [String: String] = [:], body: Data? = nil
    ) async throws -> Answer {
        guard let parts = URLComponents(string: url), let port = parts.port, parts.scheme == "http" else {
            throw Failure("\(url) is no http address with a port")
        }
        let query = parts.percentEncodedQuery.map { "?\($0)" } ?? ""
        let path = (parts.percentEncodedPath.isEmpty ? "/" : parts.percentEncodedPath) + query
        var lines = ["\(method) \(path) HTTP/1.1", "Host: \(parts.host ?? ""):\(port)", "Connection: close"]
        lines += fields.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        if body != nil || method != "GET" { lines.append("Content-Length: \(body?.count ?? 0)") }
        let request = Data((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + (body ?? Data())
        return try await withCheckedThrowingContinuation { continuation in
            // A thread that waits; the tests' own threads must not.
            DispatchQueue.global().async {
                continuation.resume(with: Result { try exchange(request, port: port, what: "\(method) \(url)") })
            }
        }
    }

    private static func exchange(_ request: Data, port: Int, what: String) throws -> Answer {
        let socket = try LoopbackSocket(port: port)
        socket.write(request)
        var reading = AnswerReading()
        while !reading.isComplete {
            let piece = socket.read()
            if piece.isEmpty { break }
            reading.received += piece
        }
        return try reading.answer().orFail("\(what): the answer broke off after \(reading.received.count) bytes")
    }

    static func basic(_ user: String, _ password: String) -> String {
        "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
    }

    static func encoded(_ fields: [(String, String)]) -> String {
        fields.map { "\(encoded($0))=\(encoded($1))" }.joined(separator: "&")
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain =
                byte < 128 && (Character(UnicodeScalar(byte)).isLetter || Character(UnicodeScalar(byte)).isNumber)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}

/// Takes an answer apart.
private struct AnswerReading {
    var received = Data()

    private static let blankLine = Data("\r\n\r\n".utf8)

    private var head: (lines: [String], end: Data.Index)? {
        received.range(of: Self.blankLine).map { range in
            let text = String(decoding: received[..<range.lowerBound], as: UTF8.self)
            return (text.components(separatedBy: "\r\n"), range.upperBound)
        }
    }

    /// Whether the announced end has come; without an announcement the end of the connection is the end.
    var isComplete: Bool {
        guard let head else { return false }
        let fields = Self.fields(head.lines)
        if let length = fields["content-length"].flatMap({ Int($0) }) { return received.count - head.end >= length }
        return fields["transfer-encoding"] == "chunked" && received.suffix(7) == Data("\r\n0\r\n\r\n".utf8)
    }

    func answer() throws -> Answer? {
        guard let head, let status = head.lines[0].split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            return nil
        }
        let fields = Self.fields(head.lines)
        var body = Data(received[head.end...])
        if fields["transfer-encoding"] == "chunked" {
            body = try Self.joined(body)
        } else if let length = fields["content-length"].flatMap({ Int($0) }), body.count < length {
            return nil
        }
        return Answer(status: status, fields: fields, body: body)
    }

    private static func fields(_ lines: [String]) -> [String: String] {
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            let pair = line.split(separator: ":", maxSplits: 1)
            let (name, value) = (pair[0].lowercased(), pair.count > 1 ? pair[1].drop { $0 == " " } : "")
            fields[name] = fields[name].map { "\($0)\n\(value)" } ?? String(value)
        }
        return fields
    }

    /// The chunks without their lengths.
    private static func joined(_ chunked: Data) throws -> Data {
        var (rest, body) = (chunked[...], Data())
        while let lineEnd = rest.range(of: Data("\r\n".utf8)) {
            let length = Int(String(decoding: rest[..<lineEnd.lowerBound], as: UTF8.self), radix: 16) ?? 0
            if length == 0 { return body }
            let end = lineEnd.upperBound + length
            guard end + 2 <= rest.endIndex else { break }
            body += rest[lineEnd.upperBound..<end]
            rest = rest[(end + 2)...]
        }
        throw Failure("The chunks of the answer broke off")
    }
}
