-- Notes what NetBox listed as edited, and is not in the sites of the mirror: :listed is a
-- JSON array of id and time.
INSERT INTO scope_outside (kind, id, last_updated)
SELECT '{{.Kind.Name}}', e.value ->> 0, e.value ->> 1
FROM json_each(:listed) AS e
WHERE NOT EXISTS (SELECT 1 FROM {{.Kind.Name}} AS o WHERE o.id = e.value ->> 0)
ON CONFLICT DO UPDATE SET last_updated = excluded.last_updated;
