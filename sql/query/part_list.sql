-- The objects of a kind that are parts of one object.
SELECT r.id
FROM {{.Kind.Name}} AS r
WHERE r.{{.Kind.Parent}}_id = :id
ORDER BY r.id;
