-- Where the objects of :ids, a JSON array, stand: what others copy from them.
SELECT
  id,
  ''{{range .Kind.Place}} || coalesce({{.Column}}, '') || ':'{{end}} AS place
FROM {{.Kind.Name}}
WHERE id IN (SELECT value FROM json_each(:ids))
ORDER BY id;
