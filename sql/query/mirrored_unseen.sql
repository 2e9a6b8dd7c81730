-- The ids of :kind that are not in :ids, a JSON array.
SELECT id FROM mirrored WHERE kind = :kind AND id NOT IN (SELECT value FROM json_each(:ids)) ORDER BY id;
