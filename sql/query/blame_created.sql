-- Who made an object.
SELECT b.actor, b.user, b.time, b.message
FROM blame AS b
WHERE b.kind = :kind AND b.id = :id AND b.action = 'create'
ORDER BY b.change_id DESC
LIMIT 1;
