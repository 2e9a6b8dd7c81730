-- The user under whom most objects that bear diet's marks were made with the message of a
-- run: diet's own, where NetBox does not say whose the token is.
SELECT c.user_name
FROM object_change AS c
JOIN kind AS k ON k.object_type = c.object_type
JOIN marked AS o ON o.kind = k.name AND o.id = c.object_id
WHERE c.action = 'create' AND o.object IS NOT NULL AND c.message GLOB :message
GROUP BY c.user_name
ORDER BY count(*) DESC, c.user_name
LIMIT 1;
