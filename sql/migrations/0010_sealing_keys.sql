-- Which key a sealed value is under stands in its own bytes, behind a version and a length. No key is in the database.
create function vault.key_id(sealed bytea) returns text
    language sql immutable strict parallel safe
    return case when length(sealed) > 2 then encode(substring(sealed from 3 for get_byte(sealed, 1)), 'escape') end;

-- Keys that something was ever sealed under. A retired one seals nothing any more.
create table vault.sealing_key (
    id text primary key,
    first_used_at timestamptz not null default clock_timestamp(),
    retired_at timestamptz
);
grant select on vault.sealing_key to paydock_web, paydock_cron;

-- Refuses what is sealed under a retired key, whoever writes it: a process with an old keyring must not make a value
-- that nobody can open. The share lock lasts until its transaction ends, so that retiring waits for it.
create function vault.hold_key() returns trigger
    language plpgsql security definer set search_path = pg_catalog as $$
declare
    field text;
    key text;
begin
    foreach field in array tg_argv loop
        key := vault.key_id((to_jsonb(new) ->> field)::bytea);
        continue when key is null;
        insert into vault.sealing_key (id) values (key) on conflict do nothing;
        perform from vault.sealing_key k where k.id = key and k.retired_at is null for key share;
        if not found then
            raise exception 'the sealing key % is retired', key using errcode = 'object_not_in_prerequisite_state';
        end if;
    end loop;
    return new;
end
$$;
create trigger credentials_key before insert or update on vault.credentials
    for each row execute function vault.hold_key('access_token', 'refresh_token');
create trigger webhook_secret_key before insert or update on vault.webhook_secret
    for each row execute function vault.hold_key('user_name', 'password');
create trigger revocation_key before insert or update on vault.revocation
    for each row execute function vault.hold_key('refresh_token');
create trigger pending_install_key before insert or update on vault.pending_install
    for each row execute function vault.hold_key('access_token', 'refresh_token');

-- How many values are sealed under each key.
create function vault.sealed_counts() returns table (key_id text, sealed_count bigint)
    language sql stable security definer set search_path = pg_catalog
    begin atomic
        select vault.key_id(v.sealed), count(*) from (
            select access_token as sealed from vault.credentials
            union all select refresh_token from vault.credentials
            union all select user_name from vault.webhook_secret
            union all select password from vault.webhook_secret
            union all select refresh_token from vault.revocation
            union all select access_token from vault.pending_install
            union all select refresh_token from vault.pending_install) v
        where vault.key_id(v.sealed) is not null
        group by 1 order by 1;
    end;

-- Companies that have something sealed under another key than this.
create function vault.companies_to_reseal(current_key text, row_limit integer) returns setof uuid
    language sql stable security definer set search_path = pg_catalog
    begin atomic
        select v.company_id from (
            select company_id from vault.credentials
            where vault.key_id(access_token) <> current_key or vault.key_id(refresh_token) <> current_key
            union select company_id from vault.webhook_secret
            where vault.key_id(user_name) <> current_key or vault.key_id(password) <> current_key
            union select company_id from vault.revocation where vault.key_id(refresh_token) <> current_key) v
        order by v.company_id limit row_limit;
    end;

-- Retires a key; false while anything is sealed under it. Waits for whoever is sealing under it just now.
create function vault.retire_key(wanted text) returns boolean
    language plpgsql security definer set search_path = pg_catalog as $$
begin
    insert into vault.sealing_key (id) values (wanted) on conflict do nothing;
    perform from vault.sealing_key k where k.id = wanted for update;
    if exists (select from vault.sealed_counts() c where c.key_id = wanted) then
        return false;
    end if;
    update vault.sealing_key set retired_at = coalesce(retired_at, clock_timestamp()) where id = wanted;
    return true;
end
$$;
revoke execute on function vault.sealed_counts(), vault.companies_to_reseal(text, integer), vault.retire_key(text)
    from public;
grant execute on function vault.sealed_counts(), vault.companies_to_reseal(text, integer), vault.retire_key(text)
    to paydock_cron;
grant update on vault.webhook_secret, vault.revocation, vault.pending_install to paydock_cron;
