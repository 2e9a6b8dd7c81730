-- The custom fields that refer to objects, with the types that have them.
SELECT name, type, object_types, related_object_type
FROM custom_field
WHERE type IN ('object', 'multiobject') AND related_object_type IS NOT NULL
ORDER BY name;
