-- Drops the objects of a kind with the ids of :ids, a JSON array.
DELETE FROM {{.Kind.Name}} WHERE id IN (SELECT value FROM json_each(:ids));
