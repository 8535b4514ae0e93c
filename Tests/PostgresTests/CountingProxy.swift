import Glibc
import Synchronization

/// A Unix socket in front of the server that counts how often the client spoke after the server had answered.
final class CountingProxy: Sendable {
    private let listener: Int32
    private let upstreamPath: String
    let directory: String
    private let turns = Atomic<Int>(0)

    /// Each turn is one round trip the client had to wait for.
    var turnCount: Int { turns.load(ordering: .sequentiallyConsistent) }

    init(upstreamPath: String) throws {
        var template = Array("/tmp/turns-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw ProxyFailure.system(errno) }
        directory = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        self.upstreamPath = upstreamPath
        listener = try Self.socket(at: directory + "/.s.PGSQL.5432") { bind($0, $1, $2) }
        guard listen(listener, 4) == 0 else { throw ProxyFailure.system(errno) }
        let context = Unmanaged.passRetained(self).toOpaque()
        var thread = pthread_t()
        guard pthread_create(&thread, nil, runProxy, context) == 0 else { throw ProxyFailure.system(errno) }
        pthread_detach(thread)
    }

    deinit {
        close(listener)
        unlink(directory + "/.s.PGSQL.5432")
        rmdir(directory)
    }

    /// Serves one client until either side hangs up.
    func serve() throws {
        let client = accept(listener, nil, nil)
        guard client >= 0 else { return }
        defer { close(client) }
        let server = try Self.socket(at: upstreamPath) { connect($0, $1, $2) }
        defer { close(server) }
        var lastSpeaker = server
        while true {
            var descriptors = [client, server].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard poll(&descriptors, 2, -1) > 0 else { return }
            for (source, target, descriptor) in [(client, server, descriptors[0]), (server, client, descriptors[1])]
            where descriptor.revents != 0 {
                if source == client, lastSpeaker == server { turns.add(1, ordering: .sequentiallyConsistent) }
                lastSpeaker = source
                guard Self.pass(from: source, to: target) else { return }
            }
        }
    }

    /// False when either side has hung up.
    private static func pass(from source: Int32, to target: Int32) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = read(source, &buffer, buffer.count)
        var rest = buffer.prefix(max(0, count))
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { send(target, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard written > 0 else { return false }
            rest = rest.dropFirst(written)
        }
        return count > 0
    }

    private static func socket(
        at path: String, attach: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws -> Int32 {
        let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw ProxyFailure.system(errno) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8).prefix($0.count - 1)) }
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                attach(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard code == 0 else {
            close(descriptor)
            throw ProxyFailure.system(errno)
        }
        return descriptor
    }
}

enum ProxyFailure: Error {
    case system(Int32)
}

private func runProxy(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    let proxy = Unmanaged<CountingProxy>.fromOpaque(context).takeRetainedValue()
    do {
        try proxy.serve()
    } catch {
        // The client sees its connection end, and the test fails there.
        return nil
    }
    return nil
}
