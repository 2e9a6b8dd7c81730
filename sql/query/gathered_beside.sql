-- What refers by one field to objects of a plan, and was not put there by diet, or by a person's word: what
-- people put into LAGs of the plan.
SELECT l.id AS target, l.object_id AS into_object, r.id, coalesce(e.name, '#' || e.id) || ' ' || {{template "label" .Kind}} AS name,
  coalesce(r.object_id, '') AS object
FROM {{.Kind.Name}} AS r
JOIN {{.Kind.Name}} AS l ON l.id = r.{{.Field.Column}} AND l.plan = :plan AND l.object_id IS NOT NULL AND coalesce(l.managed, 1)
JOIN {{.Kind.ParentKind}} AS e ON e.id = r.{{.Kind.Parent}}_id
WHERE r.{{.Field.Column}} IS NOT NULL
  AND (r.object_id IS NULL OR json_type(r.base, '$.{{.Field.Name}}') IS NULL)
  AND json_type(r.released, '$.{{.Field.Name}}') IS NULL
ORDER BY l.object_id, r.id;
