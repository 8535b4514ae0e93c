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

    /// Opens a socket of our own; a colon and a number mean a TCP port, anything else a path.
    static func open(path: String, backlog: Int32) throws(FastCGIError) -> ListeningSocket {
        // libfcgi ends the process over a longer path.
        guard !path.isEmpty, path.utf8.count < 108 else {
            throw FastCGIError(.socket, errorNumber: ENAMETOOLONG, place: "FCGX_OpenSocket")
        }
        let descriptor = FCGX_OpenSocket(path, backlog)
        guard descriptor >= 0 else { throw FastCGIError(.socket, errorNumber: errno, place: "FCGX_OpenSocket") }
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
