-- Forgets what no sync will list as edited any more.
DELETE FROM scope_outside WHERE last_updated IS NULL OR last_updated < :since;
