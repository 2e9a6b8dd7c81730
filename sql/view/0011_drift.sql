-- What somebody changed: one row an owned field whose value in NetBox is not
-- the one that diet last applied, for all plans. want is what diet would put
-- back; it needs no plan file. What diet itself wrote temporarily is none. A NULL have
-- is an empty value.
CREATE VIEW drift AS
{{- range $i, $k := .Owned}}
{{- if $i}}
UNION ALL{{end}}
SELECT
  o.kind,
  s.plan,
  s.object,
  o.id,
  o.name,
  b.key AS field,
  b.value AS base,
  b.value AS want,
  o.doc ->> ('$."' || b.key || '"') AS have
FROM signature AS s
JOIN owned_{{.Name}} AS o ON o.id = s.id
JOIN json_each(o.base) AS b
WHERE s.kind = '{{.Name}}'
  AND s.base IS NOT s.have
  AND b.value IS NOT o.doc ->> ('$."' || b.key || '"')
  AND json_type(o.released, '$."' || b.key || '"') IS NULL
  AND NOT (json_type(o.tmp, '$."' || b.key || '"') IS NOT NULL AND o.tmp ->> ('$."' || b.key || '"') IS o.doc ->> ('$."' || b.key || '"'))
{{- end}};
