-- A run that is pruned.
DELETE FROM run WHERE id = :id;
