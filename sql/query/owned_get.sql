-- The ownership and the fields of objects as they stand: those of :ids, a JSON array.
SELECT
  id, base, initial, keys, released, tmp, doc, tagged,
  coalesce(last_updated, '') AS last_updated, turned, coalesce(version, 0) AS version
FROM owned_{{.Kind.Name}}
WHERE id IN (SELECT value FROM json_each(:ids))
ORDER BY id;
