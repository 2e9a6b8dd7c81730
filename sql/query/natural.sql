-- Objects of a kind that a plan wants and whose id no object has, with the
-- object with the same natural key. A part of the key that the plan does not state is
-- not compared.
SELECT d.object, r.id, {{template "label" .Kind}} AS name, {{template "bearer"}}
FROM desired_{{.Kind.Name}} AS d
JOIN {{.Kind.Name}} AS r ON true
{{- range .Kind.KeyFields}}
  {{if .FoldColumn}}AND r.{{.FoldColumn}} = diet_fold(d.{{.Column}})
  {{- else if .Required}}AND r.{{.Column}} = d.{{.Column}}
  {{- else}}AND (json_type(d.fields, '$.{{.Name}}') IS NULL OR r.{{.Column}} IS d.{{.Column}})
  {{- end}}
{{- end}}
WHERE d.id IS NULL
ORDER BY d.object, r.id;
