-- Payment, issue, another due date, credit and a cancelled subscription, each of a document that nobody else holds.
begin;
update books.invoice set state = 'paid', paid = gross where ctid = (
    select ctid from books.invoice where state = 'sent' order by id limit 1 for update skip locked);
update books.invoice set state = 'sent' where ctid = (
    select ctid from books.invoice where state = 'concept' order by id limit 1 for update skip locked);
update books.invoice set due_on = due_on + 3 where ctid = (
    select ctid from books.invoice where state = 'sent' order by id desc limit 1 for update skip locked);
update books.subscription set state = 'cancelled' where ctid = (
    select ctid from books.subscription where state = 'active' order by id limit 1 for update skip locked);
commit;
update books.invoice set state = 'credited' where ctid = (
    select ctid from books.invoice where state = 'sent' order by number limit 1 for update skip locked);
