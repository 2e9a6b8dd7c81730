-- The sites that the mirror reads whole from now on: :ids, a JSON array.
INSERT INTO scope_site (id)
SELECT value FROM json_each(:ids) WHERE value NOT IN (SELECT id FROM scope_site);
