-- Which objects of :ids, a JSON array, have a name of the templates from which NetBox makes
-- their kind, with the label that they got from there.
SELECT o.id, {{if .Template.Has "label"}}coalesce(t.label, ''){{else}}''{{end}} AS label
FROM {{.Kind.Name}} AS o
JOIN {{.Parent.Name}} AS e ON e.id = o.{{.Kind.Parent}}_id
JOIN {{.Template.Name}} AS t ON t.{{.Template.Parent}}_id = e.{{.Template.Parent}}_id AND t.name = o.name
WHERE o.id IN (SELECT value FROM json_each(:ids))
ORDER BY o.id;
