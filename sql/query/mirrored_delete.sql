-- Drops the objects of :kind with the ids of :ids, a JSON array.
DELETE FROM mirrored WHERE kind = :kind AND id IN (SELECT value FROM json_each(:ids));
