-- Where locations belong, those of :ids, a JSON array.
SELECT id, site_id || ':' || coalesce(parent_id, '') AS place FROM location WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY id;
