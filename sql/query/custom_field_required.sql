-- The custom fields without which NetBox takes no object of a kind. A default is no way
-- out: NetBox uses it only for what is sent without any custom field.
SELECT k.name AS kind, c.name
FROM custom_field AS c
JOIN json_each(c.object_types) AS t
JOIN kind AS k ON k.object_type = t.value AND k.owned
WHERE c.required
ORDER BY k.rank, c.name;
