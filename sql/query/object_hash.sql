-- The rows of a kind that a page of NetBox's may be over again.
SELECT id, hash FROM {{.Kind.Name}} WHERE id IN (SELECT value FROM json_each(:ids));
