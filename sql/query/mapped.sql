-- Objects of a kind that people named for objects of a plan: :map is a JSON object of
-- NetBox ids by diet id.
SELECT d.object, r.id, {{template "label" .Kind}} AS name, {{template "bearer"}}
FROM json_each(:map) AS m
JOIN desired_{{.Kind.Name}} AS d ON d.object = m.key
JOIN {{.Kind.Name}} AS r ON r.id = m.value
WHERE d.id IS NULL
ORDER BY d.object;
