internal import Domain
import FoundationEssentials
import Postgres

struct PostgresSyncPolicy: SyncPolicyStore {
    let connection: PostgresConnection
    let access: StorageAccess

    func policy() throws -> SyncPolicy? {
        let company = try access.company()
        let row = try connection.query(
            """
            select coalesce(s.organization_direction, 'pull') as organization_direction,
                coalesce(s.person_direction, 'pull') as person_direction,
                coalesce(s.product_direction, 'pull') as product_direction,
                coalesce(s.organization_since, c.connected_at) as organization_since,
                coalesce(s.person_since, c.connected_at) as person_since,
                coalesce(s.product_since, c.connected_at) as product_since,
                s.vat_field, s.kvk_field, s.organization_language_field, s.person_language_field,
                st.first_applied_at is not null as is_applied
            from pipedrive.connection c
            left join pipedrive.settings s on s.company_id = c.company_id
            left join pipedrive.sync_state st on st.company_id = c.company_id
                and st.pipedrive_company_id = c.pipedrive_company_id
            where c.company_id = \(company)
            """
        ).first
        guard let row else { return nil }
        let rules = try RecordKind.allCases.map { kind in
            let rule = SyncRule(
                try row.state("\(kind.rawValue)_direction"), since: try row.date("\(kind.rawValue)_since"))
            return (kind, rule)
        }
        return SyncPolicy(
            rules: Dictionary(uniqueKeysWithValues: rules),
            mapping: FieldMapping(
                vatNumber: try row.optionalString("vat_field"), kvkNumber: try row.optionalString("kvk_field"),
                organizationLanguage: try row.optionalString("organization_language_field"),
                personLanguage: try row.optionalString("person_language_field")),
            customFields: try customFields(company), isApplied: try row.bool("is_applied"))
    }

    private func customFields(_ company: Company.ID) throws -> [CustomField] {
        try connection.query(
            """
            select kind, code, name, field_type, option_ids, option_labels from pipedrive.custom_field
            where company_id = \(company) order by kind, name, code
            """
        ).map { row in
            let options = zip(try row.int64s("option_ids"), try row.strings("option_labels"))
            return CustomField(
                kind: try row.state("kind"), code: try row.string("code"), name: try row.string("name"),
                type: try row.string("field_type"),
                options: options.map { CustomField.Option(id: $0, label: $1) })
        }
    }

    func save(mapping: FieldMapping) throws {
        let company = try access.company()
        let old = try policy()?.mapping ?? FieldMapping()
        guard mapping != old else { return }
        let initial = IntegrationSettings.initial
        func direction(_ kind: RecordKind) -> String { (initial.directions[kind] ?? .pull).rawValue }
        try connection.execute(
            """
            insert into pipedrive.settings as s (
                company_id, organization_direction, person_direction, product_direction, forwarded_events, vat_field,
                kvk_field, organization_language_field, person_language_field)
            values (
                \(company), \(direction(.organization)), \(direction(.person)), \(direction(.product)),
                \(initial.forwardedEvents.map(\.rawValue).sorted()), \(mapping.vatNumber),
                \(mapping.kvkNumber), \(mapping.organizationLanguage), \(mapping.personLanguage))
            on conflict (company_id) do update set
                vat_field = excluded.vat_field, kvk_field = excluded.kvk_field,
                organization_language_field = excluded.organization_language_field,
                person_language_field = excluded.person_language_field, mapping_since = clock_timestamp()
            """)
        var moved: [SyncField] = []
        if mapping.vatNumber != old.vatNumber { moved.append(.vatNumber) }
        if mapping.kvkNumber != old.kvkNumber { moved.append(.kvkNumber) }
        if mapping.organizationLanguage != old.organizationLanguage { moved.append(.language) }
        try forget(moved, of: .organization)
        if mapping.personLanguage != old.personLanguage { try forget([.language], of: .person) }
    }

    /// Another field of Pipedrive was never compared with ours: that it is empty does not mean that somebody cleared it.
    private func forget(_ fields: [SyncField], of kind: RecordKind) throws {
        guard !fields.isEmpty else { return }
        let names = fields.map(\.rawValue)
        try connection.execute(
            """
            update pipedrive.link set remote_base = pipedrive.without_fields(remote_base, \(names)::text[])
            where company_id = \(try access.company()) and kind = \(kind.rawValue)
                and state in ('live', 'gone') and remote_base && \(names)::text[]
            """)
    }

    func save(customFields: [CustomField], of kind: RecordKind) throws {
        let company = try access.company()
        try connection.execute(
            "delete from pipedrive.custom_field where company_id = \(company) and kind = \(kind.rawValue)")
        for field in customFields {
            try connection.execute(
                """
                insert into pipedrive.custom_field (
                    company_id, kind, code, name, field_type, option_ids, option_labels)
                values (
                    \(company), \(kind.rawValue), \(field.code), \(field.name), \(field.type),
                    \(field.options.map(\.id)), \(field.options.map(\.label)))
                on conflict do nothing
                """)
        }
    }

    func markApplied() throws {
        try connection.execute(
            """
            insert into pipedrive.sync_state as s (company_id, pipedrive_company_id, first_applied_at)
            select company_id, pipedrive_company_id, clock_timestamp() from pipedrive.connection
            where company_id = \(try access.company())
            on conflict (company_id, pipedrive_company_id) do update set
                first_applied_at = coalesce(s.first_applied_at, excluded.first_applied_at)
            """)
    }

    func clock() throws -> Date {
        try connection.query("select clock_timestamp() as now").first.orMissing("now").date("now")
    }
}
