-- How many devices a type has.
SELECT count(*)
FROM device
WHERE device_type_id = :id;
