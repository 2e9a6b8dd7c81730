-- One object's ownership and fields as they stand.
SELECT base, released, tmp, doc, coalesce(last_updated, '') AS last_updated, turned
FROM owned_{{.Kind.Name}}
WHERE id = :id;
