-- Forgets what a mirror of some sites holds: it is read anew. What was found elsewhere is
-- looked at again.
DELETE FROM scope_read;
