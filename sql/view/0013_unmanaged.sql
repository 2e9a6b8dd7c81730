-- Changes that people made to fields nobody owns, on objects of ours: the last
-- one of each field, for information.
CREATE VIEW unmanaged AS
WITH last AS MATERIALIZED (
  SELECT kind, id, field, max(change_id) AS change_id, action, actor, user, time, message
  FROM blame
  WHERE field IS NOT NULL
    AND field NOT LIKE 'cf.diet\_%' ESCAPE '\'
    AND field NOT IN ('cable', 'cable_end', 'last_updated')
  GROUP BY kind, id, field
)
{{- range $i, $k := .Owned}}
{{- if $i}}
UNION ALL{{end}}
SELECT
  o.kind, o.plan, o.object, o.id, o.name, b.field,
  o.doc ->> ('$."' || b.field || '"') AS have, b.user, b.time, b.message
FROM last AS b
JOIN owned_{{.Name}} AS o ON o.id = b.id
WHERE b.kind = '{{.Name}}'
  AND b.action = 'update'
  AND b.actor <> 'diet'
  AND o.object IS NOT NULL
  AND json_type(o.base, '$."' || b.field || '"') IS NULL
{{- end}};
