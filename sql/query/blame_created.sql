-- Who made an object.
SELECT c.actor, c.user, c.time, c.message
FROM authored AS c
WHERE c.object_type = (SELECT k.object_type FROM kind AS k WHERE k.name = :kind) AND c.object_id = :id AND c.action = 'create'
ORDER BY c.id DESC
LIMIT 1;
