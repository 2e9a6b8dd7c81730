-- The custom fields of diet, as NetBox has them.
SELECT name, object_types
FROM custom_field
WHERE name LIKE 'diet\_%' ESCAPE '\'
ORDER BY name;
