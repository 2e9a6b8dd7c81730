-- The custom fields without which NetBox refuses objects of a kind. A default does not
-- help: NetBox uses it only for objects that are sent without any custom field.
SELECT k.name AS kind, c.name
FROM custom_field AS c
JOIN json_each(c.object_types) AS t
JOIN kind AS k ON k.object_type = t.value AND k.owned
WHERE c.required
ORDER BY k.rank, c.name;
