-- A change was sent to Pipedrive and its answer never heard: what it sent, field and text in turn. Pipedrive has one time
-- for a whole record, so when the record is read again only this tells our own write from a person's.
alter table pipedrive.link add column sent_values text[];
