/// Why the sandbox cannot run.
struct SandboxFailure: Error, CustomStringConvertible {
    let description: String
}
