-- The objects of a kind that stand in :ids, a JSON array of racks or locations.
SELECT id FROM {{.Kind.Name}} WHERE {{.Field.Column}} IN (SELECT value FROM json_each(:ids)) ORDER BY id;
