-- Parts of a plan whose name is in the templates of their device's type, or that came with another part.
SELECT o.id
FROM {{.Kind.Name}} AS o
JOIN {{.Parent.Name}} AS e ON e.id = o.{{.Kind.Parent}}_id
JOIN {{.Template.Name}} AS t ON t.{{.Template.Parent}}_id = e.{{.Template.Parent}}_id AND t.name = o.name
WHERE o.plan = :plan AND o.object_id IS NOT NULL
{{- range .Kind.Stored}}
{{- if $.Kind.CameWith .}}
UNION
SELECT o.id
FROM {{$.Kind.Name}} AS o
WHERE o.plan = :plan AND o.object_id IS NOT NULL AND o.{{.Column}} IS NOT NULL
{{- end}}
{{- end}}
ORDER BY 1;
