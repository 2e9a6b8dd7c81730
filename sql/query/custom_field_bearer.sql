-- The object types that have the custom field :field.
SELECT o.value FROM custom_field AS f JOIN json_each(f.object_types) AS o WHERE f.name = :field ORDER BY o.value;
