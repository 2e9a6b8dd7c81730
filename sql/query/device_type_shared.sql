-- Every device type, by slug, with what a plan may state of it.
SELECT slug, id, json_object('model', model, 'manufacturer', manufacturer_id, 'u_height', u_height, 'is_full_depth', is_full_depth) AS doc
FROM device_type
ORDER BY slug, id;
