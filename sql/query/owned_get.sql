-- One object's ownership and fields as they stand.
SELECT base, keys, released, tmp, doc, coalesce(last_updated, '') AS last_updated, turned
FROM owned_{{.Kind.Name}}
WHERE id = :id;
