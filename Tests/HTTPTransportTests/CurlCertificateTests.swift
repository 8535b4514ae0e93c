import Foundation
import Glibc
import HTTPTransport
import HTTPTypes
import Testing

private let opensslTool = "/usr/bin/openssl"

/// A TLS server with a certificate that nobody vouches for, played by the openssl tool.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: opensslTool)))
struct CurlCertificateTests {
    @Test func `a certificate that nobody vouches for is refused before a byte of the request leaves`() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        let (key, certificate) = (folder.path + "/key.pem", folder.path + "/certificate.pem")
        let making = process([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out",
            certificate,
        ])
        try making.run()
        making.waitUntilExit()
        #expect(making.terminationStatus == 0)

        let serving = process(["s_server", "-accept", "127.0.0.1:0", "-key", key, "-cert", certificate, "-www"])
        let output = Pipe()
        serving.standardOutput = output
        try serving.run()
        defer {
            // Not terminate(): a child started from a worker thread inherits its mask, in which SIGTERM is blocked.
            kill(serving.processIdentifier, SIGKILL)
            serving.waitUntilExit()
        }
        let port = try #require(announcedPort(output.fileHandleForReading))
        let error = try #require(
            try await failure(
                of: CurlTransport(userAgent: "paydock-test/1"),
                .fixture(.post, scheme: "https", to: "127.0.0.1:\(port)", body: [1])))
        #expect(error.code == .tls)
        #expect(!error.mayHaveReachedServer)
        #expect(error.debugDescription.contains("certificate"))
    }

    private func process(_ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: opensslTool)
        process.arguments = arguments
        process.standardInput = Pipe()
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        return process
    }

    /// Reads up to the line `ACCEPT 127.0.0.1:12345`; nil when the tool ends without it.
    private func announcedPort(_ handle: FileHandle) -> UInt16? {
        var text = ""
        while true {
            let piece = handle.availableData
            if piece.isEmpty { return nil }
            text += String(decoding: piece, as: UTF8.self)
            for line in text.components(separatedBy: "\n").dropLast() where line.hasPrefix("ACCEPT ") {
                return line.split(separator: ":").last.flatMap { UInt16($0) }
            }
        }
    }
}
