-- The types of NetBox's custom fields.
SELECT name, type FROM custom_field;
