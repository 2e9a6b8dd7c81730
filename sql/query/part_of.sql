-- What objects of a kind are parts of. :ids are those of the objects, as a JSON array.
SELECT r.id AS id, r.{{.Kind.Parent}}_id AS parent
FROM {{.Kind.Name}} AS r
WHERE r.id IN (SELECT value FROM json_each(:ids));
