-- A person comes to another organization, or leaves all.
\set person random(1, 10)
\set organization random(0, 3)
update books.contact set organization_id = (
    case when :organization > 0 then md5('organization ' || :organization)::uuid end)
where id = md5('person ' || :person)::uuid;
