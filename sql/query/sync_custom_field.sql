-- The custom fields of the objects of a type, one row per type and field.
SELECT t.value AS objects, c.id, c.name, c.type
FROM custom_field AS c
JOIN json_each(c.object_types) AS t
ORDER BY objects, c.name;
