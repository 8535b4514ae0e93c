import FoundationEssentials
import Glibc

/// A program that reads a file on its standard input and is waited for.
///
/// Started with posix_spawn, with all signals at their defaults and none blocked: a child of Foundation's Process
/// inherits an ignored SIGTERM here. It leads a process group of its own, so that a stop reaches what it started.
final class ChildProcess {
    private let id: pid_t
    private let complaints: Int32
    private var isOver = false

    /// The program could not be started: it took nothing.
    struct StartFailure: Error, CustomStringConvertible {
        let description: String
    }

    enum Ending: Hashable {
        case exited(Int32)
        case killed(Int32)
        case timedOut
    }

    init(_ command: [String], input: [UInt8]) throws {
        guard let program = command.first else { throw StartFailure(description: "No mail program is named") }
        let standardInput = try Self.temporaryFile(input)
        defer { close(standardInput) }
        complaints = try Self.temporaryFile([])
        do {
            id = try Self.start(program, command, standardInput, complaints)
        } catch {
            close(complaints)
            throw error
        }
    }

    deinit {
        if !isOver { stop() }
        close(complaints)
    }

    // A file without a name: gone with its last descriptor. Unlike a pipe it holds any length and never breaks.
    private static func temporaryFile(_ content: [UInt8]) throws -> Int32 {
        var name = Array("/tmp/paydock-mail-XXXXXX".utf8CString)
        let file = mkstemp(&name)
        guard file >= 0, fcntl(file, F_SETFD, FD_CLOEXEC) == 0 else { throw failure("A temporary file", errno) }
        unlink(name)
        var written = 0
        while written < content.count {
            let count = content[written...].withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let code = errno
                close(file)
                throw failure("A temporary file", code)
            }
            written += count
        }
        lseek(file, 0, SEEK_SET)
        return file
    }

    private static func failure(_ what: String, _ code: Int32) -> StartFailure {
        StartFailure(description: "\(what) could not be made or started: \(String(cString: strerror(code)))")
    }

    private static func start(_ program: String, _ command: [String], _ input: Int32, _ errors: Int32) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, errors, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
        // The program needs nothing of ours, least of all our secrets.
        let environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"]
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        defer { (arguments + variables).forEach { free($0) } }
        var id: pid_t = 0
        let code = posix_spawn(&id, program, &actions, &attributes, &arguments, &variables)
        guard code == 0 else { throw failure("The mail program \(program)", code) }
        return id
    }

    /// Waits without holding a thread; ends the whole group when time is over.
    func end(within timeout: Duration) async throws -> Ending {
        let clock = ContinuousClock()
        let deadline = clock.now.advanced(by: timeout)
        var pause = Duration.milliseconds(2)
        while true {
            var status: Int32 = 0
            if waitpid(id, &status, WNOHANG) == id {
                isOver = true
                let signal = status & 0x7f
                return signal == 0 ? .exited(status >> 8 & 0xff) : .killed(signal)
            }
            guard clock.now < deadline else {
                stop()
                return .timedOut
            }
            try await clock.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(50))
        }
    }

    private func stop() {
        kill(-id, SIGKILL)
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0, errno == EINTR {}
        isOver = true
    }

    /// What the program wrote to its error output: one line of at most 300 characters.
    func complaint() -> String {
        var buffer = [UInt8](repeating: 0, count: 1000)
        let count = pread(complaints, &buffer, buffer.count, 0)
        guard count > 0 else { return "" }
        let words = String(decoding: buffer[..<count], as: UTF8.self).split(whereSeparator: \.isWhitespace)
        return String(
            words.joined(separator: " ").unicodeScalars.filter { $0.value != 0 }.map(Character.init).prefix(300))
    }
}
