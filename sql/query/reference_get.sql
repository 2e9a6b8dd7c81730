-- What the objects of a kind with the ids of :ids, a JSON array, refer to by one field.
SELECT id, {{.Field.Column}} AS target
FROM {{.Kind.Name}}
WHERE id IN (SELECT value FROM json_each(:ids)) AND {{.Field.Column}} IS NOT NULL
ORDER BY id;
