-- The templates of a kind that a type has: one of the kind :of.
SELECT
  '{{.Kind.Name}}' AS kind, id, {{.Kind.Label}} AS name,
{{- $typed := false}}{{range .Kind.Fields}}{{if eq .Name "type"}}{{$typed = true}}{{end}}{{end}}
  {{if $typed}}coalesce(type, ''){{else}}''{{end}} AS type
FROM {{.Kind.Name}}
WHERE {{if .Kind.Parent}}{{.Kind.Parent}}_id = :id AND :of = '{{.Kind.ParentKind}}'{{else}}id = :id{{end}}
{{- with .Kind.OrParent}}
  OR {{.}}_id = :id AND :of = '{{$.Kind.Refers .}}'
{{- end}}
ORDER BY name;
