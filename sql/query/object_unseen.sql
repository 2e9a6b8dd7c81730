-- The ids of a kind that are not in :ids, a JSON array.
SELECT id FROM {{.Kind.Name}} WHERE id NOT IN (SELECT value FROM json_each(:ids)) ORDER BY id;
