-- The objects that bear a tag of :ids, a JSON array.
SELECT 'rack' AS kind, o.id FROM rack AS o WHERE EXISTS (SELECT 1 FROM json_each(o.tags) AS t JOIN json_each(:ids) AS i ON i.value = t.value)
UNION ALL
SELECT 'device', o.id FROM device AS o WHERE EXISTS (SELECT 1 FROM json_each(o.tags) AS t JOIN json_each(:ids) AS i ON i.value = t.value)
UNION ALL
SELECT 'interface', o.id FROM interface AS o WHERE EXISTS (SELECT 1 FROM json_each(o.tags) AS t JOIN json_each(:ids) AS i ON i.value = t.value)
UNION ALL
SELECT 'cable', o.id FROM cable AS o WHERE EXISTS (SELECT 1 FROM json_each(o.tags) AS t JOIN json_each(:ids) AS i ON i.value = t.value)
ORDER BY kind, id;
