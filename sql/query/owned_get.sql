-- One object's ownership and fields as they stand.
SELECT
  base, initial, keys, released, tmp, doc,
  coalesce(last_updated, '') AS last_updated, turned, coalesce(version, 0) AS version
FROM owned_{{.Kind.Name}}
WHERE id = :id;
