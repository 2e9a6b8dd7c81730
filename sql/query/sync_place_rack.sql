-- Where racks stand, those of :ids, a JSON array.
SELECT id, site_id || ':' || coalesce(location_id, '') AS place FROM rack WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY id;
