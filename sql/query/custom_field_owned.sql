-- The custom fields of the kinds that plans own. Without a required one, NetBox refuses an
-- object; a default does not help: NetBox uses it only for objects that are sent without any
-- custom field.
SELECT k.name AS kind, c.name, c.type, c.required
FROM custom_field AS c
JOIN json_each(c.object_types) AS t
JOIN kind AS k ON k.object_type = t.value AND k.owned
ORDER BY k.rank, c.name;
