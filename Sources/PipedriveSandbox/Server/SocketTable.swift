import Foundation

/// What the server library does not offer for its sockets, which are found by their ports among the open descriptors.
enum SocketTable {
    private static let highestDescriptor: Int32 = 4096

    /// Resets the connection whose peer has this port, as a failing network would; does nothing when there is none.
    static func breakConnection(peerPort: UInt16?) {
        guard let peerPort else { return }
        for descriptor in 3..<highestDescriptor where port(of: descriptor, getpeername) == peerPort {
            reset(descriptor)
        }
    }

    /// Lets small answers leave at once on every connection that the socket listening on this port accepts.
    ///
    /// The library writes head and body apart, and the kernel would hold the body back until the head is acknowledged.
    static func sendWithoutDelay(listeningPort: Int) {
        for descriptor in 3..<highestDescriptor
        where port(of: descriptor, getsockname).map({ Int($0) }) == listeningPort {
            var isOn: Int32 = 1
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, socklen_t(MemoryLayout<Int32>.size))
        }
    }

    private static func port(
        of descriptor: Int32, _ name: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> UInt16? {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name(descriptor, $0, &length) }
        }
        guard status == 0, address.sin_family == sa_family_t(AF_INET) else { return nil }
        return UInt16(bigEndian: address.sin_port)
    }

    /// Connecting to no address family ends a TCP connection at once and sends a reset.
    private static func reset(_ descriptor: Int32) {
        var nowhere = sockaddr()
        nowhere.sa_family = sa_family_t(AF_UNSPEC)
        connect(descriptor, &nowhere, socklen_t(MemoryLayout<sockaddr>.size))
    }
}
