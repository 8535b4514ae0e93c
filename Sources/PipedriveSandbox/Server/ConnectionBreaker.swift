import Foundation

/// Breaks a connection off as a failing network would.
///
/// The server library has no way to, so the socket is found by the port at its other end.
enum ConnectionBreaker {
    private static let highestDescriptor: Int32 = 4096

    /// Resets the connection whose peer has this port; does nothing when there is none.
    static func breakConnection(peerPort: UInt16?) {
        guard let peerPort else { return }
        for descriptor in 3..<highestDescriptor where port(ofPeerOn: descriptor) == peerPort { reset(descriptor) }
    }

    private static func port(ofPeerOn descriptor: Int32) -> UInt16? {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &length) }
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
