-- Objects of a kind that are not in the sites of the mirror any more.
DELETE FROM scope_read
WHERE kind = '{{.Kind.Name}}'
  AND id NOT IN (SELECT r.id FROM {{.Kind.Name}} AS r JOIN scope_site AS s ON s.id = r.site_id);
