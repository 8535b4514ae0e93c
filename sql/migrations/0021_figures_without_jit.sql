-- The server cannot know how few rows a statement changed, and compiles the triggers' statements for thousands: 4 ms for
-- each write to the books, for nothing.
alter function books.keep_figures() set jit = off;
alter function books.fold_figures() set jit = off;
alter function books.keep_newest_invoice() set jit = off;
alter function books.drop_older_invoices() set jit = off;
alter function books.move_figures() set jit = off;
