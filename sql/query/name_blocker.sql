-- Names that objects of a kind shall get and that another one has, within what they are
-- unique in. A part of the natural key that the plan does not state is that of the object
-- as it stands. :objects are the objects. own is 1 for one of the same plan, whose own
-- change may free the name.
{{template "holders" .}}
JOIN {{.Kind.Name}} AS r ON r.id IS NOT d.id
{{- range .Kind.KeyFields}}
  {{if .FoldColumn}}AND r.{{.FoldColumn}} = diet_fold(d.{{.Column}})
  {{- else if .Required}}AND r.{{.Column}} = d.{{.Column}}
  {{- else}}AND (r.{{.Column}} IS d.{{.Column}} OR json_type(d.fields, '$.{{.Name}}') IS NULL AND d.id IS NULL)
  {{- end}}
{{- end}}
ORDER BY d.object, r.id;
