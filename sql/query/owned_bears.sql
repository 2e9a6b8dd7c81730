-- The diet id, and the plan, of the object of a kind with the NetBox id :id.
SELECT coalesce(r.object_id, '') AS object, coalesce(r.plan, '') AS plan
FROM {{.Kind.Name}} AS r
WHERE r.id = :id;
