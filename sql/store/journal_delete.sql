-- The journal of a run that is pruned.
DELETE FROM journal WHERE run = :id;
