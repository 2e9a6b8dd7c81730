-- Those of the changes :ids, a JSON array, that the mirror has.
SELECT id FROM object_change WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY id;
