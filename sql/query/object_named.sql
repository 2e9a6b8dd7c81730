-- An object of a kind that has a name.
SELECT r.id
FROM {{.Kind.Name}} AS r
WHERE r.{{.Kind.Label}} = :name
LIMIT 1;
