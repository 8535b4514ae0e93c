import Foundation
import Glibc
import Synchronization

/// A tiny HTTP server on a free port of the loopback, with a thread per connection.
final class LoopbackServer: Sendable {
    struct Failure: Error {
        let call: String
        let errorNumber: Int32
    }

    let port: UInt16
    private let descriptor: Int32
    private let counter = Counter()

    var authority: String { "127.0.0.1:\(port)" }
    var connectionCount: Int { counter.value.load(ordering: .relaxed) }

    /// `serve` is called once per connection, on a thread of its own; the connection is closed when it returns.
    init(_ serve: @escaping @Sendable (LoopbackConnection) -> Void) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutableBytes(of: &address) { bytes in
            let pointer = bytes.assumingMemoryBound(to: sockaddr.self).baseAddress
            guard bind(descriptor, pointer, size) == 0, let pointer else { return Int32(-1) }
            return getsockname(descriptor, pointer, &size)
        }
        guard result == 0, listen(descriptor, 128) == 0 else { throw Failure(call: "bind", errorNumber: errno) }
        port = UInt16(bigEndian: address.sin_port)
        self.descriptor = descriptor
        let counter = counter
        Thread.detachNewThread {
            while true {
                let accepted = accept(descriptor, nil, nil)
                guard accepted >= 0 else {
                    close(descriptor)
                    return
                }
                counter.value.add(1, ordering: .relaxed)
                Thread.detachNewThread {
                    let connection = LoopbackConnection(accepted)
                    serve(connection)
                    connection.close()
                }
            }
        }
    }

    deinit {
        // Ends the accept; its thread then closes the descriptor.
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    /// Serves every request of every connection with what `answer` makes of it, until the client hangs up.
    convenience init(answer: @escaping @Sendable (ReceivedRequest) -> [UInt8]) throws {
        try self.init { connection in
            while let request = connection.readRequest() { connection.write(answer(request)) }
        }
    }

    /// A port on which nobody listens: taken, and let go again.
    static func closedPort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutableBytes(of: &address) { bytes in
            let pointer = bytes.assumingMemoryBound(to: sockaddr.self).baseAddress
            guard bind(descriptor, pointer, size) == 0, let pointer else { return Int32(-1) }
            return getsockname(descriptor, pointer, &size)
        }
        guard result == 0 else { throw Failure(call: "bind", errorNumber: errno) }
        return UInt16(bigEndian: address.sin_port)
    }

    private final class Counter: Sendable {
        let value = Atomic<Int>(0)
    }
}

/// What the server read of one request.
struct ReceivedRequest: Sendable {
    var line: String
    var fields: [String]
    var body: [UInt8]

    func field(_ name: String) -> String? {
        fields.first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
            .map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
    }

    static func answer(_ status: String = "200 OK", fields: [String] = [], body: [UInt8] = []) -> [UInt8] {
        let head = ["HTTP/1.1 \(status)", "Content-Length: \(body.count)"] + fields
        return Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
    }
}

/// The server's end of one connection; used on its own thread only.
final class LoopbackConnection {
    private let descriptor: Int32
    private var received: [UInt8] = []
    private var isClosed = false

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Nil when the client hangs up before a whole request has come.
    func readRequest() -> ReceivedRequest? {
        var end = received.firstRange(of: Array("\r\n\r\n".utf8))
        while end == nil {
            guard readMore() else { return nil }
            end = received.firstRange(of: Array("\r\n\r\n".utf8))
        }
        guard let end else { return nil }
        let lines = String(decoding: received[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        var request = ReceivedRequest(line: lines[0], fields: Array(lines.dropFirst()), body: [])
        let count = request.field("Content-Length").flatMap(Int.init) ?? 0
        while received.count < end.upperBound + count { guard readMore() else { return nil } }
        request.body = Array(received[end.upperBound..<(end.upperBound + count)])
        received.removeFirst(end.upperBound + count)
        return request
    }

    /// Waits until the client hangs up.
    func readToEnd() {
        while readMore() {}
    }

    func readMore() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(descriptor, &buffer, buffer.count)
        guard count > 0 else { return false }
        received += buffer[..<count]
        return true
    }

    func write(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let piece = UnsafeRawBufferPointer(rebasing: rest)
                let count = send(descriptor, piece.baseAddress, piece.count, Int32(MSG_NOSIGNAL))
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }

    /// Closes with a reset instead of an orderly end.
    func reset() {
        var lingering = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &lingering, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        Glibc.close(descriptor)
    }
}
