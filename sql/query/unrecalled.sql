-- Those of :ids, a JSON array, of which the changelog may say more than has been read.
SELECT e.value
FROM json_each(:ids) AS e
WHERE NOT EXISTS (SELECT 1 FROM recalled AS r WHERE r.kind = '{{.Kind.Name}}' AND r.id = e.value);
