-- Every location, by slug, with what a plan may state of it.
SELECT slug, id, json_object('name', name, 'site', site_id) AS doc
FROM location
ORDER BY slug, id;
