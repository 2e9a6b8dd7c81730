-- Who made an object.
SELECT c.actor, c.user, c.time, c.message
FROM authored AS c
WHERE c.object_type = CASE :kind WHEN 'ip_address' THEN 'ipam.ipaddress' ELSE 'dcim.' || :kind END AND c.object_id = :id AND c.action = 'create'
ORDER BY c.id DESC
LIMIT 1;
