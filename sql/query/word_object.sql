-- The diet ids that begin with :prefix, for a shell's
-- completion: a few hundred at most.
SELECT word FROM (
{{- range $i, $k := .Owned}}
{{- if $i}}
UNION ALL{{end}}
SELECT * FROM (
  SELECT object_id AS word
  FROM {{.Name}}
  WHERE object_id >= :prefix AND object_id < :prefix || char(1114111)
  ORDER BY object_id
  LIMIT 300
)
{{- end}}
);
