import Foundation
import Postgres

/// Processes that all want the same grant's access at the same moment.
struct Storm: Sendable {
    static let processCount = 8
    static let callersEach = 125

    let parts: [Part]
    private let installation: Installation
    private let name: String

    /// Starts the processes and lets them go when all are ready.
    init(_ installation: Installation) async throws {
        let name = "storm-\(UUID().uuidString.prefix(8))"
        (self.installation, self.name) = (installation, name)
        let company = try installation.text("select company_id::text as t from vault.credentials limit 1")
        let gate = "\(installation.folder)/\(name)"
        parts = try (0..<Self.processCount).map { number in
            try installation.start("\(name)-\(number)", ["RefreshStorm", company, "\(Self.callersEach)", gate])
        }
        let parts = self.parts
        try await installation.until("all processes are ready") {
            for part in parts where try Self.log(part, installation).isEmpty {
                guard part.isRunning else { throw Failure("\(part.name) has ended") }
                return false
            }
            return true
        }
        guard FileManager.default.createFile(atPath: gate, contents: nil) else { throw Failure("No gate at \(gate)") }
    }

    private static func log(_ part: Part, _ installation: Installation) throws -> String {
        try String(contentsOfFile: "\(installation.folder)/log/\(part.name).log", encoding: .utf8)
    }

    /// What the callers of a process that came to its end were told.
    func outcome(_ part: Part) async throws -> JSON {
        let status = await part.exitStatus()
        let lines = try Self.log(part, installation).split(separator: "\n")
        guard status == 0, let last = lines.last else { throw Failure("\(part.name): \(status), \(lines)") }
        return try JSON.parse(Data(last.utf8))
    }

    /// The process that holds the grant's row, once all others were refused it; and how many database sessions of all
    /// processes stand in a transaction or wait for a lock.
    func sessions() throws -> (holder: Int32?, busyCount: Int64) {
        try installation.sql { connection in
            let rows = try connection.query(
                """
                select application_name as name, coalesce(bool_or(state = 'idle in transaction'), false) as holds,
                    coalesce(bool_or(state = 'idle' and query = 'rollback'), false) as was_refused,
                    count(*) filter (where state = 'idle in transaction' or wait_event_type = 'Lock') as busy
                from pg_stat_activity
                where datname = current_database() and application_name like 'refresh-storm-%' group by 1
                """)
            let busyCount = try rows.reduce(0) { $0 + (try $1.int64("busy")) }
            let (holders, others) = try (rows.filter { try $0.bool("holds") }, rows.filter { try !$0.bool("holds") })
            guard holders.count == 1, others.count == Self.processCount - 1,
                try others.allSatisfy({ try $0.bool("was_refused") })
            else { return (nil, busyCount) }
            return (try holders[0].string("name").split(separator: "-").last.flatMap { Int32($0) }, busyCount)
        }
    }
}
