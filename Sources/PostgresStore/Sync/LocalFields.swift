internal import Domain
import FoundationEssentials
import Postgres

/// Writes single fields of contacts and products from the texts that both sides compare; `FieldText` says how they
/// are made.
struct LocalFields {
    let connection: PostgresConnection
    let company: Company.ID

    func write(_ kind: RecordKind, _ changes: [(UUID, String, String)]) throws {
        let given: SQL = """
            unnest(\(changes.map(\.0))::uuid[], \(changes.map(\.1))::text[], \(changes.map(\.2))::text[])
                g (local_id, field, value)
            """
        if kind == .product {
            try writeProducts(given)
        } else {
            try writeContacts(given)
        }
    }

    private func writeContacts(_ given: SQL) throws {
        try connection.execute(
            """
            with new as (
                select g.local_id, max(value) filter (where field = 'name') as name,
                    max(value) filter (where field = 'organization') as organization,
                    max(value) filter (where field = 'emails') as emails,
                    max(value) filter (where field = 'phones') as phones,
                    max(value) filter (where field = 'address') as address,
                    max(value) filter (where field = 'vat_number') as vat_number,
                    max(value) filter (where field = 'kvk_number') as kvk_number,
                    max(value) filter (where field = 'language') as language
                from \(fragment: given) group by g.local_id)
            update books.contact c set
                name = coalesce(n.name, c.name), updated_at = clock_timestamp(),
                organization_id = case when n.organization is null then c.organization_id
                    else nullif(n.organization, '')::uuid end,
                emails = case when n.emails is null then c.emails
                    else coalesce(string_to_array(nullif(n.emails, ''), e'\\n'), '{}') end,
                phones = case when n.phones is null then c.phones
                    else coalesce(string_to_array(nullif(n.phones, ''), e'\\n'), '{}') end,
                street = case when n.address is null then c.street
                    else nullif(split_part(n.address, e'\\n', 1), '') end,
                postal_code = case when n.address is null then c.postal_code
                    else nullif(split_part(n.address, e'\\n', 2), '') end,
                city = case when n.address is null then c.city
                    else nullif(split_part(n.address, e'\\n', 3), '') end,
                country = case when n.address is null then c.country
                    else nullif(split_part(n.address, e'\\n', 4), '') end,
                vat_number = case when n.vat_number is null then c.vat_number else nullif(n.vat_number, '') end,
                kvk_number = case when n.kvk_number is null then c.kvk_number else nullif(n.kvk_number, '') end,
                language = case when n.language is null then c.language else nullif(n.language, '') end
            from new n where c.company_id = \(company) and c.id = n.local_id
            """)
    }

    private func writeProducts(_ given: SQL) throws {
        try connection.execute(
            """
            with new as (
                select g.local_id, max(value) filter (where field = 'name') as name,
                    max(value) filter (where field = 'code') as code,
                    max(value) filter (where field = 'description') as description,
                    max(value) filter (where field = 'unit') as unit,
                    max(value) filter (where field = 'tax') as tax,
                    max(value) filter (where field = 'is_active') as is_active
                from \(fragment: given) group by g.local_id)
            update books.product p set
                name = coalesce(n.name, p.name), updated_at = clock_timestamp(),
                code = case when n.code is null then p.code else nullif(n.code, '') end,
                description = case when n.description is null then p.description
                    else nullif(n.description, '') end,
                unit = case when n.unit is null then p.unit else nullif(n.unit, '') end,
                tax_basis_points = coalesce(n.tax::integer, p.tax_basis_points),
                is_active = case when n.is_active is null then p.is_active else n.is_active = 'yes' end
            from new n where p.company_id = \(company) and p.id = n.local_id
            """)
        try connection.execute(
            """
            delete from books.product_price old using \(fragment: given)
            where g.field = 'prices' and old.company_id = \(company) and old.product_id = g.local_id
                and old.currency <> all (array(
                    select split_part(line, ' ', 1) from unnest(string_to_array(g.value, e'\\n')) line))
            """)
        try connection.execute(
            """
            insert into books.product_price as old (company_id, product_id, currency, minor_units)
            select \(company)::uuid, g.local_id, split_part(line, ' ', 1), split_part(line, ' ', 2)::bigint
            from \(fragment: given)
            join books.product p on p.company_id = \(company) and p.id = g.local_id
            cross join unnest(string_to_array(nullif(g.value, ''), e'\\n')) line
            where g.field = 'prices'
            on conflict (company_id, product_id, currency) do update set minor_units = excluded.minor_units
                where old.minor_units <> excluded.minor_units
            """)
    }
}
