import Foundation
import Glibc

/// A web server's side of the FastCGI protocol, just enough of it to talk to a listener over a Unix socket.
struct FastCGIClient {
    struct Answer: Equatable {
        var head: [String]
        var body: [UInt8]

        var status: String { head.first ?? "" }

        func field(_ name: String) -> String? {
            head.first { $0.lowercased().hasPrefix(name.lowercased() + ": ") }.map {
                String($0.dropFirst(name.count + 2))
            }
        }
    }

    struct Failure: Error {
        let call: String
        let errorNumber: Int32
    }

    let socketPath: String
    var asksToKeepConnection = false

    static let get = [
        "REQUEST_METHOD": "GET", "REQUEST_URI": "/", "HTTP_HOST": "example.test", "REMOTE_ADDR": "192.0.2.7",
    ]

    /// Sends a request with its body and the right `CONTENT_LENGTH`, and returns the answer; nil when there was none.
    func exchange(
        _ parameters: [String: String] = FastCGIClient.get, body: [UInt8] = [], announced: String? = nil
    ) throws -> Answer? {
        let descriptor = try connect()
        defer { close(descriptor) }
        var parameters = parameters
        parameters["CONTENT_LENGTH"] = announced ?? "\(body.count)"
        send(opening(parameters) + stream(5, body), to: descriptor)
        return answer(from: try readAll(descriptor))
    }

    /// Sends a request whose body breaks off, hangs up the sending side, and returns the answer.
    func breakOff(after body: [UInt8], announced: Int) throws -> Answer? {
        let descriptor = try connect()
        defer { close(descriptor) }
        var parameters = Self.get
        parameters["REQUEST_METHOD"] = "POST"
        parameters["CONTENT_LENGTH"] = "\(announced)"
        send(opening(parameters) + record(5, body), to: descriptor)
        shutdown(descriptor, Int32(SHUT_WR))
        return answer(from: try readAll(descriptor))
    }

    private func opening(_ parameters: [String: String]) -> [UInt8] {
        let begin: [UInt8] = [0, 1, asksToKeepConnection ? 1 : 0, 0, 0, 0, 0, 0]
        let pairs = parameters.flatMap { name, value in
            length(name.utf8.count) + length(value.utf8.count) + Array(name.utf8) + Array(value.utf8)
        }
        return record(1, begin) + stream(4, pairs)
    }

    private func length(_ count: Int) -> [UInt8] {
        count < 128
            ? [UInt8(count)]
            : [UInt8(count >> 24) | 128, UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255)]
    }

    private func stream(_ type: UInt8, _ content: [UInt8]) -> [UInt8] {
        var records: [UInt8] = []
        for start in Swift.stride(from: 0, to: content.count, by: 65_528) {
            records += record(type, Array(content[start..<min(start + 65_528, content.count)]))
        }
        return records + record(type, [])
    }

    private func record(_ type: UInt8, _ content: [UInt8]) -> [UInt8] {
        [1, type, 0, 1, UInt8(content.count >> 8), UInt8(content.count & 255), 0, 0] + content
    }

    private func connect() throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: socketPath.utf8) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw Failure(call: "connect", errorNumber: errno) }
        return descriptor
    }

    /// Stops at a hang-up: a listener may refuse a body before it has all arrived.
    private func send(_ bytes: [UInt8], to descriptor: Int32) {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let piece = UnsafeRawBufferPointer(rebasing: rest)
                let count = Glibc.send(descriptor, piece.baseAddress, piece.count, Int32(MSG_NOSIGNAL))
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }

    private func readAll(_ descriptor: Int32) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count >= 0 else { throw Failure(call: "read", errorNumber: errno) }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    /// Nil unless the request was ended by the listener.
    private func answer(from records: [UInt8]) -> Answer? {
        var output: [UInt8] = []
        var isEnded = false
        var rest = records[...]
        while rest.count >= 8 {
            let header = Array(rest.prefix(8))
            let count = Int(header[4]) << 8 | Int(header[5])
            let content = rest.dropFirst(8).prefix(count)
            if header[1] == 6 { output += content }
            if header[1] == 3 { isEnded = true }
            rest = rest.dropFirst(8 + count + Int(header[6]))
        }
        guard isEnded, let blank = output.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let head = String(decoding: output[..<blank.lowerBound], as: UTF8.self)
        return Answer(head: head.components(separatedBy: "\r\n"), body: Array(output[blank.upperBound...]))
    }
}
