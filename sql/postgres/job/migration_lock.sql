-- Of several processes that start at once, one makes the tables of the jobs.
SELECT pg_advisory_lock(7310438126);
