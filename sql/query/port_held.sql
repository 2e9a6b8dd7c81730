-- Ports of a kind with the ids of :ids, a JSON array: what each is called, and whose that is which has it.
SELECT
  p.id,
  coalesce(h.name, '#' || h.id) || ' ' || p.name AS name,
  coalesce(h.plan, '') AS plan,
  coalesce(h.object_id, '') AS object
FROM json_each(:ids) AS e
CROSS JOIN {{.Kind.Name}} AS p ON p.id = e.value
JOIN {{.Kind.ParentKind}} AS h ON h.id = p.{{.Kind.Parent}}_id
ORDER BY p.id;
