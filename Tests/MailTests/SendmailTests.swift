import Domain
import Foundation
import Testing

@testable import Mail

struct SendmailTests {
    /// Runs a shell script in place of sendmail; `$OUT` is a file that the test reads. The time only bounds a hang: other
    /// tests may hold every thread of the process for minutes.
    private func send(_ script: String, timeout: Duration = .seconds(600)) async throws -> (MailOutcome, String) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "paydock-mail-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { _ = Result { try FileManager.default.removeItem(at: folder) } }
        let (program, out) = (folder.appending(path: "sendmail"), folder.appending(path: "out"))
        try "#!/bin/sh\nOUT='\(out.path)'\n\(script)\n".write(to: program, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
        let outcome = await SendmailMailer(command: program.path, timeout: timeout).send(MIMEMessageTests.letter())
        let written = FileManager.default.contents(atPath: out.path) ?? Data()
        return (outcome, String(decoding: written, as: UTF8.self))
    }

    @Test func `the message arrives on standard input, with sendmail's arguments`() async throws {
        let (outcome, written) = try await send(#"echo "$@" > "$OUT"; cat >> "$OUT""#)
        #expect(outcome == .sent)
        #expect(written.hasPrefix("-i -t\nDate: ") && written.hasSuffix("\n\nHello\n"))
    }

    @Test func `a large message passes`() async throws {
        let letter = MIMEMessageTests.letter(body: String(repeating: "A line of text.\n", count: 40_000))
        #expect(await SendmailMailer(command: "/usr/bin/true").send(letter) == .sent)
    }

    @Test func `codes decide between later and never, and the program's words are kept`() async throws {
        #expect(
            try await send("echo 'no such  user' >&2; exit 67").0
                == .refused("The mail program refused the mail with code 67: no such user"))
        #expect(try await send("exit 75").0 == .postponed("The mail program ended with code 75"))
    }

    @Test func `a program that is not there is tried later`() async throws {
        let outcome = await SendmailMailer(command: "/nowhere/sendmail").send(MIMEMessageTests.letter())
        guard case .postponed = outcome else {
            Issue.record("\(outcome)")
            return
        }
    }

    @Test func `an end by signal or by the clock is unclear`() async throws {
        #expect(try await send("kill -9 $$").0 == .unclear("The mail program was ended by signal 9"))
        #expect(try await send("kill -TERM $$; exit 0").0 == .unclear("The mail program was ended by signal 15"))
        guard case .unclear = try await send("sleep 600", timeout: .milliseconds(50)).0 else {
            Issue.record("a program that hangs is not unclear")
            return
        }
    }

    @Test func `an address that no mail can carry is refused before anything is started`() async {
        let letter = MIMEMessageTests.letter(address: "a b@x.example")
        #expect(
            await SendmailMailer(command: "/nowhere/sendmail").send(letter)
                == .refused("The e-mail address can't stand in a mail"))
    }
}
