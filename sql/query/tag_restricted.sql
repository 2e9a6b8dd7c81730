-- Tags that only objects of some types may have, and these, each as a JSON list.
SELECT id, object_types
FROM tag
WHERE json_array_length(object_types) > 0
ORDER BY id;
