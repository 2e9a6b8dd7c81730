-- The templates of a kind that a type has.
SELECT
  '{{.Kind.Name}}' AS kind, id, {{.Kind.Label}} AS name,
{{- $typed := false}}{{range .Kind.Fields}}{{if eq .Name "type"}}{{$typed = true}}{{end}}{{end}}
  {{if $typed}}coalesce(type, ''){{else}}''{{end}} AS type
FROM {{.Kind.Name}}
WHERE {{if .Kind.Parent}}{{.Kind.Parent}}_id = :id{{else}}id = :id{{end}}
ORDER BY name;
