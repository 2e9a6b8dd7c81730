-- The ids of :kind that are in :ids, a JSON array.
SELECT id FROM mirrored WHERE kind = :kind AND id IN (SELECT value FROM json_each(:ids)) ORDER BY id;
