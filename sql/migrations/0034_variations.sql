-- Variations of products, the contact that is chosen after a merge, and pages of what waits for a person.

-- No list of products says which have variations, and no webhook tells of them: when each product was asked. A
-- variation is a record of the kind 'product' whose number holds its product's: product * 2^31 + variation.
create table pipedrive.product_look (
    company_id uuid not null references books.company,
    pipedrive_company_id bigint not null,
    record_id bigint not null,
    -- The product's own change that was known then: after the next one it is asked again.
    changed_at timestamptz,
    looked_at timestamptz not null default clock_timestamp(),
    has_variations boolean not null,
    -- The run that asked last, and so knows all variations of this product.
    run_id uuid,
    primary key (company_id, pipedrive_company_id, record_id)
);
call migration.protect('pipedrive.product_look');
grant select, insert, update, delete on pipedrive.product_look to paydock_cron;

alter table pipedrive.sync_run
    drop constraint sync_run_phase_check,
    add constraint sync_run_phase_check
        check (phase in ('read', 'read_variations', 'decide', 'plan', 'write', 'create', 'done'));

-- A page of what waits passes over index entries, never rows, whatever its place.
create index attention_place on pipedrive.attention (
    company_id, pipedrive_company_id, (choice is not null), kind, record_id) include (choice);
comment on index pipedrive.attention_place is 'A page of Needs attention: records of Pipedrive.';
create index local_attention_place on pipedrive.local_attention (
    company_id, pipedrive_company_id, (choice is not null), kind, local_id) include (choice);
comment on index pipedrive.local_attention_place is 'A page of Needs attention: records of ours.';
create index conflict_place on pipedrive.conflict (
    company_id, pipedrive_company_id, noticed_at desc, local_id, field) include (kind);
comment on index pipedrive.conflict_place is 'A page of Needs attention: fields that both sides changed.';
