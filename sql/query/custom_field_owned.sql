-- The custom fields of the kinds that diet writes, plans' own and shared ones. Without a required one, NetBox refuses an
-- object; a default does not help: NetBox uses it only for objects that are sent without any
-- custom field.
SELECT k.name AS kind, c.name, c.type, c.required, k.owned
FROM custom_field AS c
JOIN json_each(c.object_types) AS t
JOIN kind AS k ON k.object_type = t.value
ORDER BY k.rank, c.name;
