-- One process at a time brings the tables up to date; the number is diet's own. The end of
-- the transaction gives it back.
SELECT pg_advisory_xact_lock(7304688115312);
