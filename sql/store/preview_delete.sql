-- A preview that is pruned.
DELETE FROM preview WHERE id = :id;
