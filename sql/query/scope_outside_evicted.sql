-- Notes what is about to be dropped as elsewhere, where :since or later tells that it was
-- edited: the next sync lists it again.
INSERT INTO scope_outside (kind, id, last_updated)
SELECT '{{.Kind.Name}}', id, last_updated
FROM {{.Kind.Name}}
WHERE last_updated >= :since AND id NOT IN (SELECT id FROM kept_{{.Kind.Name}})
ON CONFLICT DO UPDATE SET last_updated = excluded.last_updated;
