-- Every tag, by slug, with what a plan may state of it.
SELECT slug, id, json_object('name', name) AS doc
FROM tag
ORDER BY slug, id;
