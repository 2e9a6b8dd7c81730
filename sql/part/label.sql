{{- /* What people call the object that the alias r stands for. */ -}}
{{define "label"}}coalesce(nullif(r.{{.Label}}, ''), '#' || r.id){{end}}
