-- What was decided for a preview that is pruned.
DELETE FROM situation WHERE preview = :id;
