internal import Domain
import FoundationEssentials
import Postgres

struct PostgresDirectory: DirectoryStore {
    let connection: PostgresConnection
    let access: StorageAccess

    private func company(_ sql: SQL) throws -> Company.ID? {
        try connection.query(sql).first.map { Company.ID(try $0.uuid("company_id")) }
    }

    func company(apiKeyHash: [UInt8]) throws -> Company.ID? {
        try company("select company_id from web.api_key_directory where hash = \(apiKeyHash)")
    }

    func company(loginEmail: String) throws -> Company.ID? {
        try company("select company_id from web.login_directory where email = \(loginEmail)")
    }

    func company(sessionHash: [UInt8]) throws -> Company.ID? {
        try company("select company_id from web.session_directory where token_hash = \(sessionHash)")
    }

    func company(publicTokenHash: [UInt8]) throws -> Company.ID? {
        try company("select company_id from web.public_token_directory where token_hash = \(publicTokenHash)")
    }

    func company(webhookPath: String) throws -> Company.ID? {
        try company("select company_id from web.webhook_directory where path = \(webhookPath)")
    }

    func company(linkHash: [UInt8]) throws -> Company.ID? {
        try company("select company_id from web.account_link_directory where token_hash = \(linkHash)")
    }

    func company(pipedriveCompany: PipedriveCompany.ID) throws -> Company.ID? {
        try company(
            "select company_id from web.pipedrive_company_directory where pipedrive_company_id = \(pipedriveCompany)")
    }

    func claim(pipedriveCompany: PipedriveCompany.ID) throws {
        _ = try access.company()
        let row = try connection.query("select pipedrive.claim_company(\(pipedriveCompany)) as is_ours")
            .first.orMissing("claim")
        guard try row.bool("is_ours") else {
            throw Refusal(.conflict, "This Pipedrive company is connected to another PayDock company.")
        }
    }
}

struct PostgresSchedule: ScheduleStore {
    let connection: PostgresConnection

    func connected() throws -> [Company.ID] {
        try connection.query("select id from pipedrive.connected_companies() id")
            .map { Company.ID(try $0.uuid("id")) }
    }

    func withLapsedDocuments(now: Date?) throws -> [Company.ID] {
        try connection.query(
            """
            select id from books.companies_with_lapsed_documents(
                coalesce(\(now)::timestamptz, clock_timestamp())) id
            """
        ).map { Company.ID(try $0.uuid("id")) }
    }
}
