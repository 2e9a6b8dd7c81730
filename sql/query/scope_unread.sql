-- Objects in the sites of the mirror of which it is not known what they hold.
SELECT r.id
FROM {{.Kind.Name}} AS r
JOIN scope_site AS s ON s.id = r.site_id
WHERE NOT EXISTS (SELECT 1 FROM scope_read AS d WHERE d.kind = '{{.Kind.Name}}' AND d.id = r.id)
ORDER BY r.id;
