-- What a run stages is new to the planner: no statistics have ever seen its run, so every look-up seems to bring one
-- row, and the index for a key seems as good as the one for a whole list. A run that staged much has it counted before
-- anything is decided. Only the owner of a table may. While another run has it counted, its figures will do: the lock is
-- held until that run's first batch is committed.
create function pipedrive.count_staged() returns void
language plpgsql security definer set search_path = pg_catalog as $$
begin
    analyze (skip_locked) pipedrive.staged_record (company_id, run_id, kind, record_id), pipedrive.staged_key;
end
$$;
revoke execute on function pipedrive.count_staged from public;
grant execute on function pipedrive.count_staged to paydock_cron;
