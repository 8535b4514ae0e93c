import Foundation
import PostgresTestSupport

/// The whole database as text, as a thief of a backup would read it.
struct Tables {
    let text: String

    init(of installation: Installation) async throws {
        text = try await installation.run([
            "pg_dump", "--dbname", installation.database.url, "--data-only", "--inserts", "--no-owner",
        ])
    }

    /// Whether a secret stands anywhere, plainly, as hexadecimal or in base 64.
    func hold(_ secret: String) -> Bool {
        let bytes = Data(secret.utf8)
        let hexadecimal = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return [secret, hexadecimal, bytes.base64EncodedString()].contains { text.contains($0) }
    }
}
