-- Every manufacturer, by slug, with what a plan may state of it.
SELECT slug, id, json_object('name', name) AS doc
FROM manufacturer
ORDER BY slug, id;
