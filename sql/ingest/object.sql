-- Objects of NetBox's become rows, or are written over those that they have.
INSERT INTO {{.Kind.Name}} (id{{range .Kind.Columns}}, {{.}}{{end}}, hash)
SELECT v0{{range $i, $_ := .Kind.Columns}}, v{{inc $i}}{{end}}, hash
FROM temp.incoming
WHERE batch = ?
ON CONFLICT (id) DO UPDATE SET
{{- range .Kind.Columns}}
  {{.}} = excluded.{{.}},
{{- end}}
{{- if .Kind.IsOwned}}
  stale = 1,
{{- end}}
  hash = excluded.hash;
