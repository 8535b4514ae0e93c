internal import Domain
import FoundationEssentials
import Postgres

struct PostgresConnections: ConnectionStore {
    let database: PostgresConnection
    let access: StorageAccess
    let vault: Vault

    private func credentialStore() throws -> CredentialStore {
        CredentialStore(connection: database, vault: vault, company: try access.company())
    }

    func connection() throws -> Connection? {
        try database.query(
            """
            select company_id, id, pipedrive_company_id, pipedrive_company_name, owner_user_id, state, connected_at
            from pipedrive.connection where company_id = \(try access.company())
            """
        ).first.map(Self.value)
    }

    private static func value(_ row: PostgresRow) throws -> Connection {
        Connection(
            id: Connection.ID(try row.uuid("id")), companyID: Company.ID(try row.uuid("company_id")),
            pipedriveCompanyID: PipedriveCompany.ID(try row.int64("pipedrive_company_id")),
            pipedriveCompanyName: try row.string("pipedrive_company_name"),
            ownerUserID: PipedriveUser.ID(try row.int64("owner_user_id")), state: try row.state("state"),
            connectedAt: try row.date("connected_at"))
    }

    // Whoever changes a connection takes its row first, and the grants' rows behind it: so that of an uninstall, a
    // disconnect and an install at the same moment each waits for the other, and none for one another in a ring.
    private func lock() throws {
        try database.execute(
            "select from pipedrive.connection where company_id = \(try access.company()) for no key update")
    }

    func connect(user: PipedriveUser, credentials: Credentials) throws -> Connection {
        let company = try access.company()
        try lock()
        try database.execute(
            """
            insert into pipedrive.user_grant (
                company_id, pipedrive_company_id, user_id, user_name, is_admin, state)
            values (\(company), \(user.companyID), \(user.id), \(user.name), \(user.isAdmin), 'live')
            on conflict (company_id, pipedrive_company_id, user_id) do update set
                user_name = excluded.user_name, is_admin = excluded.is_admin, state = 'live',
                granted_at = case when user_grant.state = 'live'
                    then user_grant.granted_at else clock_timestamp() end
            """)
        try credentialStore().insert(credentials, user: user.id, pipedriveCompany: user.companyID.rawValue)
        // By giving access anew the user made the tokens of before worthless. Were they still told to Pipedrive, it
        // might end the new access with them.
        try database.execute(
            """
            delete from vault.revocation
            where company_id = \(company) and pipedrive_company_id = \(user.companyID) and user_id = \(user.id)
            """)
        let row = try database.query(
            """
            insert into pipedrive.connection (
                company_id, pipedrive_company_id, pipedrive_company_name, owner_user_id, state)
            values (\(company), \(user.companyID), \(user.companyName), \(user.id), 'live')
            on conflict (company_id) do update set
                pipedrive_company_id = excluded.pipedrive_company_id,
                pipedrive_company_name = excluded.pipedrive_company_name,
                owner_user_id = case
                    when connection.state = 'live'
                        and connection.pipedrive_company_id = excluded.pipedrive_company_id
                    then connection.owner_user_id else excluded.owner_user_id end,
                connected_at = case
                    when connection.state = 'live'
                        and connection.pipedrive_company_id = excluded.pipedrive_company_id
                    then connection.connected_at else clock_timestamp() end,
                state = 'live'
            returning company_id, id, pipedrive_company_id, pipedrive_company_name, owner_user_id, state, connected_at
            """
        ).first.orMissing("connection")
        try database.execute("update pipedrive.webhook_endpoint set is_live = true where company_id = \(company)")
        return try Self.value(row)
    }

    func grants() throws -> [Grant] {
        try database.query(
            """
            select g.user_id, g.user_name, g.is_admin, g.state
            from pipedrive.connection c
            join pipedrive.user_grant g
                on g.company_id = c.company_id and g.pipedrive_company_id = c.pipedrive_company_id
            where c.company_id = \(try access.company())
            order by g.user_id = c.owner_user_id desc, g.granted_at, g.user_id
            """
        ).map {
            Grant(
                userID: PipedriveUser.ID(try $0.int64("user_id")), userName: try $0.string("user_name"),
                isAdmin: try $0.bool("is_admin"), state: try $0.state("state"))
        }
    }

    func markReconnect(user: PipedriveUser.ID, refused: Secret) throws -> Connection? {
        let company = try access.company()
        try lock()
        guard try credentials(user: user)?.refreshToken == refused else { return nil }
        try database.execute(
            """
            update pipedrive.user_grant set state = 'dead'
            where company_id = \(company) and user_id = \(user) and state = 'live'
            """)
        guard let current = try connection(), current.ownerUserID == user, current.state == .live else {
            return try connection()
        }
        return try passOn(current, orBecome: .reconnect)
    }

    func endGrant(user: PipedriveUser.ID) throws -> Connection? {
        let company = try access.company()
        try lock()
        try database.execute(
            """
            update pipedrive.user_grant g set state = 'ended'
            from pipedrive.connection c
            where g.company_id = \(company) and c.company_id = g.company_id
                and g.pipedrive_company_id = c.pipedrive_company_id and g.user_id = \(user)
            """)
        try database.execute(
            "delete from vault.credentials where company_id = \(company) and user_id = \(user)")
        guard let current = try self.connection() else { return nil }
        guard current.ownerUserID == user, current.state != .disconnected else { return current }
        let after = try passOn(current, orBecome: .disconnected)
        if after?.state == .disconnected { try forgetWebhooks() }
        return after
    }

    /// Gives the connection to the oldest live grant of an admin; with none left it becomes `state`.
    private func passOn(_ current: Connection, orBecome state: Connection.State) throws -> Connection? {
        let company = current.companyID
        try database.execute(
            """
            with heir as (
                select g.user_id from pipedrive.user_grant g
                where g.company_id = \(company) and g.pipedrive_company_id = \(current.pipedriveCompanyID)
                    and g.state = 'live' and g.is_admin
                order by g.granted_at, g.user_id limit 1)
            update pipedrive.connection set
                owner_user_id = coalesce((select user_id from heir), owner_user_id),
                state = case when exists (select from heir) then 'live' else \(state.rawValue) end
            where company_id = \(company)
            """)
        return try connection()
    }

    func disconnect() throws -> Bool {
        let company = try access.company()
        try lock()
        let ended = try database.execute(
            """
            update pipedrive.connection set state = 'disconnected'
            where company_id = \(company) and state <> 'disconnected'
            """)
        try database.execute("update pipedrive.user_grant set state = 'ended' where company_id = \(company)")
        try database.execute("delete from vault.credentials where company_id = \(company)")
        try forgetWebhooks()
        return ended == 1
    }

    private func forgetWebhooks() throws {
        let company = try access.company()
        try database.execute("delete from pipedrive.webhook_subscription where company_id = \(company)")
        try database.execute("update pipedrive.webhook_endpoint set is_live = false where company_id = \(company)")
        try database.execute(
            """
            update pipedrive.sync_run set state = 'cancelled', finished_at = clock_timestamp(),
                outcome = 'The connection was ended'
            where company_id = \(company) and state = 'running'
            """)
    }

    func credentials(user: PipedriveUser.ID) throws -> Credentials? {
        try credentialStore().credentials(user: user)
    }

    func audit(_ action: String, detail: String) throws {
        try database.execute(
            """
            insert into pipedrive.audit (company_id, action, detail)
            values (\(try access.company()), \(action), \(detail))
            """)
    }
}
