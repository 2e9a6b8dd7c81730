-- The diet ids of a plan's objects of a kind that are called :name, some at most.
SELECT r.object_id AS object
FROM {{.Kind.Name}} AS r
WHERE r.{{.Kind.Label}} = :name AND r.plan = :plan AND r.object_id IS NOT NULL
ORDER BY r.object_id
LIMIT 20;
