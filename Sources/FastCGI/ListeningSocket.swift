internal import CFastCGI
internal import Glibc

/// The listening socket and the means to wait for a connection or for a stop, whichever comes first.
///
/// `FCGX_Accept_r` alone would sleep in `accept`, where a signal delivered to another thread, or just before the call,
/// is missed. So the socket does not block: the loop accepts, and waits here when nobody is there. EPOLLEXCLUSIVE
/// wakes one of a pool's processes per connection, as a blocking accept would.
final class ListeningSocket: Sendable {
    let descriptor: Int32
    let wakeDescriptor: Int32
    private let epollDescriptor: Int32
    private let isOwned: Bool

    init(descriptor: Int32, isOwned: Bool) throws(FastCGIError) {
        let wake = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        self.descriptor = descriptor
        self.wakeDescriptor = wake
        self.epollDescriptor = epoll
        self.isOwned = isOwned
        let flags = fcntl(descriptor, F_GETFL)
        guard wake >= 0, epoll >= 0, flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 else {
            throw FastCGIError(.setUp, errorNumber: errno, place: "eventfd")
        }
        try watch(descriptor, events: cfastcgi_epoll_in_exclusive())
        try watch(wake, events: cfastcgi_epoll_in())
    }

    deinit {
        if wakeDescriptor >= 0 { close(wakeDescriptor) }
        if epollDescriptor >= 0 { close(epollDescriptor) }
        if isOwned { close(descriptor) }
    }

    /// Opens a Unix socket of our own; not by `FCGX_OpenSocket`, which ends the process when it cannot bind.
    static func open(path: String, backlog: Int32) throws(FastCGIError) -> ListeningSocket {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard !path.isEmpty, path.utf8.count < capacity, !path.utf8.contains(0) else {
            throw FastCGIError(.socket, errorNumber: EINVAL, place: "socket path")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw FastCGIError(.socket, errorNumber: errno, place: "socket") }
        let bound = withUnsafeBytes(of: &address) { bytes in
            bind(
                descriptor, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress,
                socklen_t(MemoryLayout<sockaddr_un>.size))
        }
        guard bound == 0, listen(descriptor, backlog) == 0 else {
            let failure = FastCGIError(.socket, errorNumber: errno, place: "bind")
            close(descriptor)
            throw failure
        }
        return try ListeningSocket(descriptor: descriptor, isOwned: true)
    }

    /// Returns when a connection may be waiting, on a wake-up, or on a signal.
    func wait() throws(FastCGIError) {
        var event = epoll_event()
        let count = epoll_wait(epollDescriptor, &event, 1, -1)
        guard count >= 0 || errno == EINTR else {
            throw FastCGIError(.accept, errorNumber: errno, place: "epoll_wait")
        }
    }

    private func watch(_ watched: Int32, events: UInt32) throws(FastCGIError) {
        var event = epoll_event()
        event.events = events
        event.data.fd = watched
        guard epoll_ctl(epollDescriptor, EPOLL_CTL_ADD, watched, &event) == 0 else {
            throw FastCGIError(.setUp, errorNumber: errno, place: "epoll_ctl")
        }
    }
}
