-- The interface templates of a device type.
SELECT id, name, type
FROM interface_template
WHERE device_type_id = :id
ORDER BY name;
