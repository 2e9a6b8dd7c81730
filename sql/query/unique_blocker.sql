-- Values that no two objects of a kind may have, such as asset tags, that objects shall
-- get and that another one has. :objects are the objects. own is 1 for one of the same
-- plan, whose own change may free the value.
SELECT
  d.object,
  '{{.Kind.Name}}' AS kind,
  r.id,
  {{template "label" .Kind}} AS name,
  coalesce(r.plan, '') AS plan,
  coalesce(r.object_id, '') AS other,
  coalesce(r.plan, '') = d.plan AND r.object_id IS NOT NULL AS own,
  0 AS port,
  '' AS marked
FROM json_each(:objects) AS e
CROSS JOIN desired_{{.Kind.Name}} AS d ON d.object = e.value
JOIN {{.Kind.Name}} AS r ON r.{{.Field.Column}} = d.{{.Field.Column}} AND r.id IS NOT d.id
ORDER BY d.object, r.id;
