-- The ids of a kind that are in :ids, a JSON array.
SELECT id FROM {{.Kind.Name}} WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY id;
