-- An object of NetBox's becomes a row, or is written over the one that it has.
INSERT INTO {{.Kind.Name}} (id{{range .Kind.Columns}}, {{.}}{{end}}, hash)
VALUES (?{{range .Kind.Columns}}, ?{{end}}, ?)
ON CONFLICT (id) DO UPDATE SET
{{- range .Kind.Columns}}
  {{.}} = excluded.{{.}},
{{- end}}
{{- if .Kind.IsOwned}}
  stale = 1,
{{- end}}
  hash = excluded.hash;
