-- Parts of a kind with the ids of :ids, a JSON array: what each is called, and whose that is which has it.
SELECT
  p.id,
  coalesce(h.{{.Parent.Label}}, '#' || h.id) || ' ' || p.{{.Kind.Label}} AS name,
  {{if .Parent.IsOwned}}coalesce(h.plan, ''){{else}}''{{end}} AS plan,
  {{if .Parent.IsOwned}}coalesce(h.object_id, ''){{else}}''{{end}} AS object
FROM json_each(:ids) AS e
CROSS JOIN {{.Kind.Name}} AS p ON p.id = e.value
JOIN {{.Parent.Name}} AS h ON h.id = p.{{.Kind.Parent}}_id
ORDER BY p.id;
