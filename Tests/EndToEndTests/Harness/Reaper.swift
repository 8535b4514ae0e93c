import Foundation

/// Ends every process of an installation and removes its folder, also when the tests themselves were killed.
///
/// A shell waits on a pipe that nobody writes to: it closes when the installation closes it, or when the test process
/// dies. What belongs to the installation bears its folder's name in the environment.
final class Reaper: Sendable {
    static let mark = "PAYDOCK_END_TO_END"

    private let pipe: Pipe
    private let shell: Part

    // nginx writes over its own environment, so it is found by its file.
    private static let script = """
        marked() { grep -lzxsF "$1=$2" /proc/[0-9]*/environ | cut -d / -f 3; }
        cat >/dev/null
        kill -TERM $(marked "$1" "$2") $(cat "$2/run/nginx.pid" 2>/dev/null) 2>/dev/null
        rounds=0
        while [ -n "$(marked "$1" "$2")" ] && [ "$rounds" -lt 50 ]; do sleep 0.1; rounds=$((rounds + 1)); done
        kill -KILL $(marked "$1" "$2") 2>/dev/null
        rm -rf "$2"
        """

    init(folder: String, path: String) throws {
        pipe = Pipe()
        shell = try Part(
            "reaper", ["sh", "-c", Self.script, "reaper", Self.mark, folder],
            environment: ["PATH": path], log: "/dev/null", input: pipe)
        try pipe.fileHandleForReading.close()
    }

    /// Returns when nothing is left.
    func finish() async throws {
        try pipe.fileHandleForWriting.close()
        _ = await shell.exitStatus()
    }
}
