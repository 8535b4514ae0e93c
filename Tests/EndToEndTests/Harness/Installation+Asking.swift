import Foundation
import Postgres

/// What tests ask an installation for by short words.
extension Installation {
    /// A statement's one figure, named `n`.
    func count(_ statement: String) throws -> Int64 {
        try sql { connection in
            try connection.query("\(unsafe: statement)").first.map { try $0.int64("n") }.orFail("No row")
        }
    }

    /// A statement's one text, named `t`.
    func text(_ statement: String) throws -> String {
        try sql { connection in
            try connection.query("\(unsafe: statement)").first.map { try $0.string("t") }.orFail("No row")
        }
    }

    /// The panel's answer to Pipedrive's server.
    func panel(_ query: String, password: String = Installation.panelPassword) async throws -> Answer {
        try await HTTP.send(
            "GET", "\(origin)/panel/pipedrive?\(query)",
            fields: ["Authorization": HTTP.basic(Installation.panelUser, password), "Accept": "application/json"])
    }

    /// Messages of all companies that still have something to do. Mails aside: no mail leaves an installation of the
    /// tests, its mail program always fails, and a mail is tried again for minutes.
    func unfinished() throws -> Int64 {
        try count(
            """
            select count(*) as n from queue.message
            where state in ('available', 'scheduled', 'running', 'retryable') and kind <> 'mail'
            """)
    }
}
