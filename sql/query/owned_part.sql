-- The objects of a kind with the ids of :ids, a JSON array: whose they are and what they hold.
SELECT o.id, coalesce(o.name, '') AS name, coalesce(o.plan, '') AS plan, o.managed, o.protected, o.doc
FROM owned_{{.Kind.Name}} AS o
WHERE o.id IN (SELECT value FROM json_each(:ids))
ORDER BY o.id;
