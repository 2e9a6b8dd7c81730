-- Objects of NetBox's become rows, or are written over those that they have. Only one with an
-- object id has a signature.
INSERT INTO {{.Kind.Name}} (id{{range .Kind.Columns}}, {{.}}{{end}}{{if .Kind.IsOwned}}, stale{{end}}, text_hash, hash)
SELECT v0
{{- range $i, $_ := .Kind.Columns}}, v{{inc $i}}{{end}}
{{- if .Kind.IsOwned}}
  {{- range $i, $c := .Kind.Columns}}{{if eq $c "object_id"}}, v{{inc $i}} IS NOT NULL{{end}}{{end}}
{{- end}}, v{{inc (len .Kind.Columns)}}, hash
FROM temp.incoming
WHERE batch = ?
ON CONFLICT (id) DO UPDATE SET
{{- range .Kind.Columns}}
  {{.}} = excluded.{{.}},
{{- end}}
{{- if .Kind.IsOwned}}
  stale = excluded.stale,
{{- end}}
  text_hash = excluded.text_hash,
  hash = excluded.hash;
