import Foundation
import PostgresTestSupport

/// The whole database as text, as a thief of a backup would read it.
struct Tables {
    let text: String

    init(of installation: Installation) async throws {
        text = try await installation.run([
            "pg_dump", "--dbname", installation.database.url, "--no-owner",
        ])
    }

    /// Whether a secret stands anywhere: plainly, as hexadecimal, or inside something in base 64.
    func hold(_ secret: String) -> Bool {
        let bytes = Data(secret.utf8)
        let hexadecimal = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return ([secret, hexadecimal, hexadecimal.uppercased()] + Self.base64(bytes)).contains { text.contains($0) }
    }

    /// The signs that stand for these bytes wherever they begin in a group of three, in both alphabets; those at the
    /// ends, which neighbours have a part in, are left out.
    private static func base64(_ bytes: Data) -> [String] {
        (0..<3).flatMap { shift -> [String] in
            let padded = Data(repeating: 0, count: shift) + bytes
            let signs = padded.base64EncodedString().prefix { $0 != "=" }
            let core = String(signs.dropFirst(shift == 0 ? 0 : shift + 1).dropLast(padded.count % 3 == 0 ? 0 : 1))
            return [core, core.replacing("+", with: "-").replacing("/", with: "_")]
        }
    }
}
