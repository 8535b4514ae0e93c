import FoundationEssentials
public import Postgres

/// Brings a database to this version: the roles, then each numbered migration that it does not have, in order.
///
/// Forward only; each migration is one transaction that begins with its record, so that of two runners the second
/// waits on the key and finds the work done.
public struct Migrator: Sendable {
    private let configuration: PostgresConfiguration

    /// - Parameter configuration: a login role that may create roles, or that is a member of all four already.
    public init(_ configuration: PostgresConfiguration) {
        self.configuration = configuration
    }

    /// A numbered step.
    public struct Migration: Sendable, Hashable {
        /// Ascending from 1.
        public let number: Int
        /// What it is about.
        public let name: String
        /// Its SQL.
        public let text: String
    }

    /// All steps, as they stand in `sql/migrations`.
    public static let migrations: [Migration] = [
        (1, "schemas", PackageResources._001_schemas_sql), (2, "books", PackageResources._002_books_sql),
        (3, "web", PackageResources._003_web_sql), (4, "vault", PackageResources._004_vault_sql),
        (5, "queue", PackageResources._005_queue_sql), (6, "pipedrive", PackageResources._006_pipedrive_sql),
        (7, "api", PackageResources._007_api_sql), (8, "accounts", PackageResources._008_accounts_sql),
        (9, "connection_life", PackageResources._009_connection_life_sql),
        (10, "sealing_keys", PackageResources._010_sealing_keys_sql),
        (11, "queue_flow", PackageResources._011_queue_flow_sql),
        (12, "status", PackageResources._012_status_sql),
        (13, "figures", PackageResources._013_figures_sql), (14, "panel", PackageResources._014_panel_sql),
        (15, "queue_lanes", PackageResources._015_queue_lanes_sql),
        (16, "drafting", PackageResources._016_drafting_sql),
        (17, "list_anchors", PackageResources._017_list_anchors_sql), (18, "moves", PackageResources._018_moves_sql),
        (19, "record_events", PackageResources._019_record_events_sql),
        (20, "deal_company", PackageResources._020_deal_company_sql),
        (21, "figures_without_jit", PackageResources._021_figures_without_jit_sql),
        (22, "retention", PackageResources._022_retention_sql),
        (23, "queue_turns", PackageResources._023_queue_turns_sql),
        (24, "sync", PackageResources._024_sync_sql),
        (26, "sync_choices", PackageResources._026_sync_choices_sql),
        (27, "draft_records", PackageResources._027_draft_records_sql),
        (29, "lost_drainers", PackageResources._029_lost_drainers_sql),
        (30, "queue_plans", PackageResources._030_queue_plans_sql),
        (32, "staging_statistics", PackageResources._032_staging_statistics_sql),
        (33, "queue_locks", PackageResources._033_queue_locks_sql),
        (34, "variations", PackageResources._034_variations_sql),
        (35, "number_keys", PackageResources._035_number_keys_sql),
        (36, "sent_changes", PackageResources._036_sent_changes_sql),
        (37, "spared_looks", PackageResources._037_spared_looks_sql),
        (38, "addressee_email", PackageResources._038_addressee_email_sql),
        (39, "document_companies", PackageResources._039_document_companies_sql),
        (40, "fields_of_another_company", PackageResources._040_fields_of_another_company_sql),
    ].map { Migration(number: $0, name: $1, text: String(decoding: $2, as: UTF8.self)) }

    private static let newest = migrations.map(\.number).max() ?? 0

    /// The statements that make the roles, for a person to run where the login role may not.
    public static let roles = String(decoding: PackageResources.roles_sql, as: UTF8.self)

    /// Why a database could not be migrated.
    public enum Failure: Error, CustomStringConvertible {
        /// The login role may not create roles, and they are missing: `statements` have to be run once by one who may.
        case rolesMissing(statements: String)
        /// The database was migrated by a newer version of the program.
        case newerDatabase(Int)
        /// The database lacks steps; `paydock migrate` applies them.
        case olderDatabase(missing: [Int])

        /// One line.
        public var description: String {
            switch self {
            case .rolesMissing: "The login role may not create the four roles of the schema"
            case .olderDatabase(let missing): "The database lacks the migrations \(missing): run paydock migrate"
            case .newerDatabase(let number): "The database has migration \(number), which this version does not know"
            }
        }
    }

    // Two who grant, or create what is not there, at the same moment refuse one another; the steps themselves collide on
    // the key of their record. The lock goes with its transaction, so that it serves behind a pooler too.
    private static let oneAtATime: SQL = "select pg_advisory_xact_lock(hashtext('paydock migrate'))"

    /// Migrates; the steps that were applied now, in order.
    public func run() throws -> [Migration] {
        let connection = try PostgresConnection(configuration)
        defer { connection.close() }
        do {
            try connection.transaction(prelude: [Self.oneAtATime]) { try $0.script(Self.roles) }
        } catch let error as PostgresError where error.sqlState == "42501" {
            throw Failure.rolesMissing(statements: Self.roles)
        }
        try connection.transaction(prelude: [Self.oneAtATime, "set local role paydock_owner"]) {
            try $0.script(
                """
                create schema if not exists migration;
                create table if not exists migration.applied (
                    number integer primary key,
                    name text not null,
                    applied_at timestamptz not null default clock_timestamp()
                )
                """)
        }
        let known = try applied(connection)
        if let newest = known.max(), newest > Self.newest { throw Failure.newerDatabase(newest) }
        return try Self.migrations.filter { try !known.contains($0.number) && apply($0, connection) }
    }

    /// Throws when the database is not at this version; changes nothing.
    public func check() throws {
        let connection = try PostgresConnection(configuration)
        defer { connection.close() }
        let known = try appliedIfAny(connection)
        if let newest = known.max(), newest > Self.newest { throw Failure.newerDatabase(newest) }
        let missing = Self.migrations.map(\.number).filter { !known.contains($0) }
        if !missing.isEmpty { throw Failure.olderDatabase(missing: missing) }
    }

    // A database that was never migrated has no record of it; a cluster on which none was, not even the role.
    private func appliedIfAny(_ connection: PostgresConnection) throws -> Set<Int> {
        let (undefinedTable, invalidSchema, undefinedRole) = ("42P01", "3F000", "22023")
        do {
            return try applied(connection)
        } catch let error as PostgresError
            where [undefinedTable, invalidSchema, undefinedRole].contains(error.sqlState)
        {
            return []
        }
    }

    private func applied(_ connection: PostgresConnection) throws -> Set<Int> {
        try connection.transaction(prelude: ["set local role paydock_owner"]) {
            Set(try $0.query("select number from migration.applied").map { try $0.int("number") })
        }
    }

    private func apply(_ migration: Migration, _ connection: PostgresConnection) throws -> Bool {
        try connection.transaction(prelude: ["set local role paydock_owner"]) {
            let isOurs = try $0.execute(
                """
                insert into migration.applied (number, name) values (\(migration.number), \(migration.name))
                on conflict do nothing
                """)
            guard isOurs == 1 else { return false }
            try $0.script(migration.text)
            return true
        }
    }
}
