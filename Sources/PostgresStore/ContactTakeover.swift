internal import Domain
import Postgres

/// Takes staged persons or organizations over into contacts, set-based: first what is linked, then what matches exactly
/// one, then what is new. What could be two is left for a person to decide and creates nothing.
struct ContactTakeover {
    let batch: StagedBatch

    private var connection: PostgresConnection { batch.connection }

    func run() throws -> SyncRun.Counts {
        var counts = SyncRun.Counts(read: try batch.readCount())
        try batch.followDeletions()
        try findCandidates()
        counts.needsAttention = try batch.replaceAttention(ambiguous)
        counts.linked = try linkMatches()
        // What was just linked takes the values over too; it is counted once, as linked.
        counts.updated = try update() - counts.linked
        counts.created = try create()
        try connection.execute("drop table candidate")
        return counts
    }

    // What a change is told by: everything that is taken over of a record. The organization's contact is part of it,
    // because a person may come before its organization.
    private var fingerprint: SQL {
        """
        sha256(convert_to(row(s.name, s.emails, s.phones, s.street, s.postal_code, s.city, s.country, (
            select o.local_id from pipedrive.link o
            where o.company_id = s.company_id and o.pipedrive_company_id = \(batch.account)
                and o.kind = 'organization' and o.record_id = s.organization_record_id and o.state = 'live'
            ))::text, 'UTF8'))
        """
    }

    private func findCandidates() throws {
        // A temporary table, because PostgreSQL plans each step that follows with what it really holds.
        try connection.execute(
            """
            create temporary table candidate (record_id bigint, contact_id uuid, is_taken boolean, is_shared boolean)
            on commit drop
            """)
        try connection.execute(batch.kind == .person ? personCandidates : organizationCandidates)
        // One contact that several records fit, each by something else, is none of theirs by itself.
        try connection.execute(
            """
            update candidate set is_shared = true
            where contact_id in (
                select contact_id from candidate group by contact_id having count(distinct record_id) > 1)
            """)
    }

    /// By e-mail: any of the person's against any of the contact's. An address that two persons of Pipedrive have is
    /// shared, and a contact that is linked to another person is taken.
    private var personCandidates: SQL {
        """
        with address as (
            select distinct s.record_id, books.normalize_email(given) as normalized, l.record_id is null as is_new
            from pipedrive.staged_record s
            left join pipedrive.link l on \(fragment: batch.link)
            cross join unnest(s.emails) given
            where \(fragment: batch.rows) and not s.is_deleted and books.normalize_email(given) is not null),
        shared as (select normalized from address group by normalized having count(*) > 1)
        insert into candidate (record_id, contact_id, is_taken, is_shared)
        select a.record_id, c.id, taken.record_id is not null,
            exists (select from shared where shared.normalized = a.normalized)
        from address a
        left join (
            books.contact_email e join books.contact c on c.company_id = e.company_id and c.id = e.contact_id
                and c.kind = 'person' and c.archived_at is null)
            on e.company_id = \(batch.company) and e.normalized = a.normalized
        left join pipedrive.link taken on taken.company_id = \(batch.company)
            and taken.pipedrive_company_id = \(batch.account) and taken.kind = 'person'
            and taken.local_id = c.id and taken.state = 'live'
        where a.is_new
        """
    }

    /// Pipedrive's organizations have no e-mail: an address shared with one of its persons, then the exact name where
    /// it is unique on both sides.
    private var organizationCandidates: SQL {
        """
        with fresh as (
            select s.record_id, books.normalize_name(s.name) as name_key from pipedrive.staged_record s
            left join pipedrive.link l on \(fragment: batch.link)
            where \(fragment: batch.rows) and not s.is_deleted and l.record_id is null),
        by_email as (
            select distinct f.record_id, c.id from fresh f
            join pipedrive.staged_record p on p.company_id = \(batch.company) and p.run_id = \(batch.run)
                and p.kind = 'person' and p.organization_record_id = f.record_id and not p.is_deleted
            cross join unnest(p.emails) given
            join books.contact_email e on e.company_id = \(batch.company)
                and e.normalized = books.normalize_email(given)
            join books.contact c on c.company_id = e.company_id and c.id = e.contact_id
                and c.kind = 'organization' and c.archived_at is null),
        by_name as (
            select f.record_id, c.id from fresh f
            join books.contact c on c.company_id = \(batch.company) and c.name_key = f.name_key
                and c.kind = 'organization' and c.archived_at is null
            where not exists (select from by_email b where b.record_id = f.record_id))
        insert into candidate (record_id, contact_id, is_taken, is_shared)
        select found.record_id, found.id, taken.record_id is not null, false
        from (select * from by_email union all select * from by_name) found
        left join pipedrive.link taken on taken.company_id = \(batch.company)
            and taken.pipedrive_company_id = \(batch.account) and taken.kind = 'organization'
            and taken.local_id = found.id and taken.state = 'live'
        """
    }

    private var ambiguous: SQL {
        """
        select s.record_id, s.name,
            case
                when bool_or(k.is_shared) then 'Several records of Pipedrive share this address or name.'
                when bool_or(k.is_taken) then 'The contact that fits is linked to another record of Pipedrive.'
                else 'More than one contact fits.'
            end as reason
        from pipedrive.staged_record s join candidate k on k.record_id = s.record_id
        where \(fragment: batch.rows)
        group by s.record_id, s.name
        having bool_or(k.is_shared) or bool_or(k.is_taken) or count(distinct k.contact_id) > 1
        """
    }

    /// Exactly one contact fits, and no other record: they belong together. The link comes before any write.
    private func linkMatches() throws -> Int {
        try connection.execute(
            """
            insert into pipedrive.link (company_id, pipedrive_company_id, kind, record_id, local_id)
            select \(batch.company)::uuid, \(batch.account)::bigint, \(batch.kind.rawValue)::text,
                k.record_id, (array_agg(k.contact_id))[1]
            from candidate k
            where k.contact_id is not null
            group by k.record_id
            having count(distinct k.contact_id) = 1 and not bool_or(k.is_shared) and not bool_or(k.is_taken)
            on conflict do nothing
            """)
    }

    /// Pipedrive's values win over ours, except that an empty one never overwrites a filled one.
    private func update() throws -> Int {
        try connection.execute(
            """
            with changed as (
                update pipedrive.link l set fingerprint = \(fragment: fingerprint), updated_at = clock_timestamp()
                from pipedrive.staged_record s
                where \(fragment: batch.rows) and \(fragment: batch.link) and not s.is_deleted and l.state = 'live'
                    and l.fingerprint is distinct from \(fragment: fingerprint)
                returning l.local_id, s.*)
            update books.contact c set
                name = n.name, updated_at = clock_timestamp(),
                organization_id = coalesce(o.local_id, c.organization_id),
                emails = case when n.emails = '{}' then c.emails else n.emails end,
                phones = case when n.phones = '{}' then c.phones else n.phones end,
                street = coalesce(n.street, c.street), postal_code = coalesce(n.postal_code, c.postal_code),
                city = coalesce(n.city, c.city), country = coalesce(n.country, c.country)
            from changed n
            left join pipedrive.link o on o.company_id = n.company_id and o.pipedrive_company_id = \(batch.account)
                and o.kind = 'organization' and o.record_id = n.organization_record_id and o.state = 'live'
            where c.company_id = n.company_id and c.id = n.local_id
            """)
    }

    /// What nothing fits is new: the link is made first, unique both ways, and the contact with the link's id.
    private func create() throws -> Int {
        try connection.execute(
            """
            with fresh as (
                insert into pipedrive.link (
                    company_id, pipedrive_company_id, kind, record_id, local_id, fingerprint)
                select s.company_id, \(batch.account)::bigint, s.kind, s.record_id, gen_random_uuid(),
                    \(fragment: fingerprint)
                from pipedrive.staged_record s
                where \(fragment: batch.rows) and not s.is_deleted
                    and not exists (
                        select from pipedrive.attention a
                        where a.company_id = s.company_id and a.pipedrive_company_id = \(batch.account)
                            and a.kind = s.kind and a.record_id = s.record_id)
                on conflict do nothing
                returning record_id, local_id)
            insert into books.contact (
                company_id, id, kind, name, organization_id, emails, phones, street, postal_code, city, country)
            select s.company_id, f.local_id, s.kind, s.name, o.local_id, s.emails, s.phones, s.street, s.postal_code,
                s.city, s.country
            from fresh f
            join pipedrive.staged_record s on \(fragment: batch.rows) and s.record_id = f.record_id
            left join pipedrive.link o on o.company_id = s.company_id and o.pipedrive_company_id = \(batch.account)
                and o.kind = 'organization' and o.record_id = s.organization_record_id and o.state = 'live'
            """)
    }
}
