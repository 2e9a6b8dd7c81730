-- The custom fields that the objects of a type bear, one row a type and field.
SELECT t.value AS objects, c.id, c.name, c.type
FROM custom_field AS c
JOIN json_each(c.object_types) AS t
ORDER BY objects, c.name;
