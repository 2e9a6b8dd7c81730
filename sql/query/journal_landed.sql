-- Whether a request of diet's is known to be carried out: by its message in the
-- changelog, by what it makes, or because what it deletes is gone. :objects and :ids are
-- JSON arrays.
SELECT
  EXISTS (SELECT 1 FROM object_change AS c WHERE c.message = :message)
{{- if .Kind.IsOwned}}
  OR :method = 'POST' AND EXISTS (SELECT 1 FROM {{.Kind.Name}} AS o WHERE o.object_id IN (SELECT value FROM json_each(:objects)))
{{- end}}
  OR :method = 'DELETE' AND NOT EXISTS (SELECT 1 FROM {{.Kind.Name}} AS o WHERE o.id IN (SELECT value FROM json_each(:ids))) AS landed;
