-- What refers by one field to the objects of :ids, a JSON array: the members of LAGs, each with what it is
-- a part of, and the id that it has as an object of a plan.
SELECT r.{{.Field.Column}} AS target, r.id, coalesce(e.name, '#' || e.id) || ' ' || {{template "label" .Kind}} AS name,
  coalesce(r.object_id, '') AS object
FROM {{.Kind.Name}} AS r
JOIN {{.Kind.ParentKind}} AS e ON e.id = r.{{.Kind.Parent}}_id
WHERE r.{{.Field.Column}} IN (SELECT value FROM json_each(:ids))
ORDER BY r.{{.Field.Column}}, r.id;
