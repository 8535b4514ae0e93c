internal import Domain
import FoundationEssentials
import Postgres

struct PostgresSnapshots: SnapshotStore {
    let connection: PostgresConnection
    let access: StorageAccess

    func keep(_ deal: DealGlance) throws {
        try connection.execute(
            """
            insert into pipedrive.deal_snapshot (
                company_id, pipedrive_company_id, deal_id, title, person_id, organization_id)
            select company_id, pipedrive_company_id, \(deal.id), \(deal.title), \(deal.personID),
                \(deal.organizationID)
            from pipedrive.connection where company_id = \(try access.company())
            on conflict (company_id, pipedrive_company_id, deal_id) do update set
                title = excluded.title, person_id = excluded.person_id, organization_id = excluded.organization_id,
                taken_at = clock_timestamp()
            """)
    }

    func keep(_ page: RecordPage) throws {
        switch page {
        case .persons(let persons):
            for person in persons {
                try keep(
                    .person, person.id.rawValue, organization: person.organizationID,
                    ContactDetails(kind: .person, name: person.name, emails: person.emails, phones: person.phones))
            }
        case .organizations(let organizations):
            for organization in organizations {
                try keep(
                    .organization, organization.id.rawValue, organization: nil,
                    ContactDetails(kind: .organization, name: organization.name, address: organization.address))
            }
        case .products: break
        }
    }

    private func keep(
        _ kind: RecordKind, _ id: Int64, organization: Organization.ID?, _ details: ContactDetails
    ) throws {
        try connection.execute(
            """
            insert into pipedrive.record_snapshot (
                company_id, pipedrive_company_id, kind, record_id, name, organization_record_id, emails, phones,
                street, postal_code, city, country)
            select company_id, pipedrive_company_id, \(kind.rawValue), \(id), \(details.name), \(organization),
                \(details.emails), \(details.phones), \(details.address.street), \(details.address.postalCode),
                \(details.address.city), \(details.address.country)
            from pipedrive.connection where company_id = \(try access.company())
            on conflict (company_id, pipedrive_company_id, kind, record_id) do update set
                name = excluded.name, organization_record_id = excluded.organization_record_id,
                emails = excluded.emails, phones = excluded.phones, street = excluded.street,
                postal_code = excluded.postal_code, city = excluded.city, country = excluded.country,
                taken_at = clock_timestamp()
            """)
    }

    func deal(_ id: Deal.ID) throws -> DealGlance? {
        try connection.query(
            """
            select s.title, s.person_id, s.organization_id
            from pipedrive.connection c join pipedrive.deal_snapshot s
                on s.company_id = c.company_id and s.pipedrive_company_id = c.pipedrive_company_id
            where c.company_id = \(try access.company()) and s.deal_id = \(id)
            """
        ).first.map { row in
            DealGlance(
                id: id, title: try row.string("title"),
                personID: try row.optionalInt64("person_id").map { Person.ID($0) },
                organizationID: try row.optionalInt64("organization_id").map { Organization.ID($0) })
        }
    }

    func details(_ kind: RecordKind, _ id: Int64) throws -> ContactDetails? {
        try connection.query(
            """
            select s.kind, s.name, s.emails, s.phones, s.street, s.postal_code, s.city, s.country, o.local_id
            from pipedrive.connection c
            join pipedrive.record_snapshot s
                on s.company_id = c.company_id and s.pipedrive_company_id = c.pipedrive_company_id
            left join pipedrive.link o on o.company_id = s.company_id
                and o.pipedrive_company_id = s.pipedrive_company_id and o.kind = 'organization'
                and o.record_id = s.organization_record_id and o.state = 'live'
            where c.company_id = \(try access.company()) and s.kind = \(kind.rawValue) and s.record_id = \(id)
            """
        ).first.map { row in
            ContactDetails(
                kind: try row.state("kind"), name: try row.string("name"),
                organizationID: try row.optionalUUID("local_id").map { Contact.ID($0) },
                emails: try row.strings("emails"), phones: try row.strings("phones"),
                address: PostalAddress(
                    street: try row.optionalString("street"), postalCode: try row.optionalString("postal_code"),
                    city: try row.optionalString("city"), country: try row.optionalString("country")))
        }
    }

    func link(_ kind: RecordKind, _ id: Int64, to contact: Contact.ID) throws -> Bool {
        try connection.execute(
            """
            insert into pipedrive.link as l (company_id, pipedrive_company_id, kind, record_id, local_id)
            select c.company_id, c.pipedrive_company_id, \(kind.rawValue), \(id), \(contact)
            from pipedrive.connection c
            where c.company_id = \(try access.company()) and not exists (
                select from pipedrive.link other
                where other.company_id = c.company_id and other.pipedrive_company_id = c.pipedrive_company_id
                    and other.local_id = \(contact) and other.kind = \(kind.rawValue) and other.state = 'live')
            on conflict (company_id, pipedrive_company_id, kind, record_id) do update set
                local_id = excluded.local_id, state = 'live', remote_base = null,
                sent_values = null, synced_at = clock_timestamp(), updated_at = clock_timestamp()
                where l.state <> 'live'
            """) == 1
    }

    func forget(now: Date?) throws -> Int {
        try connection.query(
            """
            select pipedrive.forget_snapshots(
                coalesce(\(now)::timestamptz, clock_timestamp()) - interval '30 days') as count
            """
        ).first?.int("count") ?? 0
    }
}
