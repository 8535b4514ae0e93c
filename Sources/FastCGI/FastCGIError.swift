internal import Glibc

/// Why a listener could not be made or had to stop.
public struct FastCGIError: Error, Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible {
    /// The closed list of reasons.
    public enum Code: String, Sendable {
        /// Standard input is not a listening socket: started from a shell, not by spawn-fcgi or a web server.
        case notFastCGI
        /// The library could not be set up.
        case setUp
        /// The socket path is too long, taken, or not writable.
        case socket
        /// The listening socket refuses to hand out connections.
        case accept
        /// The listener's loop is running already.
        case alreadyRunning
    }

    /// The reason.
    public let code: Code
    /// The system's error number, 0 where none applies.
    public let errorNumber: Int32
    /// The call that failed.
    public let place: String

    init(_ code: Code, errorNumber: Int32 = 0, place: String) {
        self.code = code
        self.errorNumber = errorNumber
        self.place = place
    }

    /// Fit for a log: the reason and the place.
    public var description: String { "FastCGI \(code.rawValue) at \(place)" }

    /// The same with the system's words for the error number.
    public var debugDescription: String {
        errorNumber == 0 ? description : "\(description): \(String(cString: strerror(errorNumber)))"
    }
}
