-- Who last touched a field of an object, else the object at all, before diet or not.
SELECT b.actor, b.user, b.time, b.message
FROM blame AS b
WHERE b.kind = :kind AND b.id = :id
ORDER BY (b.field IS :field) DESC, b.change_id DESC
LIMIT 1;
