-- One object's ownership and fields as they stand.
SELECT base, keys, released, doc, coalesce(last_updated, '') AS last_updated
FROM owned
WHERE kind = :kind AND id = :id;
