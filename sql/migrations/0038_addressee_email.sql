-- Organizations have no e-mail in Pipedrive: what is made out to one goes to the person it is addressed to.

alter table books.quote add column addressee_email text;
comment on column books.quote.addressee_email is 'Where its mail goes; the contact''s own address where this is null.';
alter table books.invoice add column addressee_email text;
comment on column books.invoice.addressee_email is 'Where its mail goes; the contact''s own address where this is null.';
