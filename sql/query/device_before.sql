-- One device's ownership and fields as they stand.
SELECT d.base, d.released, d.doc, coalesce(o.last_updated, '') AS last_updated
FROM device_doc AS d
JOIN device AS o ON o.id = d.id
WHERE d.id = :id;
