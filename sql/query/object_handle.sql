-- How rules call the objects of a kind with the ids of :ids, a JSON array: by their slug,
-- or by their name where they have none.
SELECT r.id, r.{{.Kind.Handle}} AS name
FROM {{.Kind.Name}} AS r
WHERE r.id IN (SELECT value FROM json_each(:ids))
ORDER BY r.id;
