-- Puts back what objects of a kind were at :at that changed after it: over what they are, as
-- a sync does it.
INSERT INTO {{.Kind.Name}} (id{{range .Kind.Columns}}, {{.}}{{end}}, hash)
SELECT p.id{{range .Kind.Columns}}, p.doc ->> '{{.}}'{{end}}, p.doc ->> 'hash'
FROM (
  SELECT id, doc, min(until) AS until
  FROM past
  WHERE kind = '{{.Kind.Name}}' AND until > :at
  GROUP BY id
) AS p
WHERE p.doc IS NOT NULL
ON CONFLICT (id) DO UPDATE SET
{{- range .Kind.Columns}}
  {{.}} = excluded.{{.}},
{{- end}}
{{- if .Kind.IsOwned}}
  stale = 1,
{{- end}}
  hash = excluded.hash;
