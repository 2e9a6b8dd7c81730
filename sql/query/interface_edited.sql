-- One interface's fields, ownership and whatever else is written on it: what a
-- deletion would lose.
SELECT d.base, d.doc, o.custom_fields, o.tags
FROM interface_doc AS d
JOIN interface AS o ON o.id = d.id
WHERE d.id = :id;
