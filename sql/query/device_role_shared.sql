-- Every device role, by slug, with what a plan may state of it.
SELECT slug, id, json_object('name', name, 'color', color) AS doc
FROM device_role
ORDER BY slug, id;
