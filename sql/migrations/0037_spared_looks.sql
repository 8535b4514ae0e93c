-- What a preview has asked, the run that applies it need not ask again.

alter table pipedrive.sync_run add column spared_looks integer not null default 0;
comment on column pipedrive.sync_run.spared_looks is
    'Of a preview: products asked for their variations that the run which applies it does not ask again.';
