-- The deletion of an object that bore a diet id, if the changelog has one and
-- nothing of diet did it: the newest.
SELECT c.time, c.user_name AS user, c.message
FROM object_change AS c
LEFT JOIN journal AS j ON j.request_id = c.request_id
WHERE c.diet_id = :object AND c.object_type = :type AND c.action = 'delete' AND c.message NOT LIKE 'diet %' AND j.request_id IS NULL
  AND NOT EXISTS (
    SELECT 1
    FROM object_change AS l
    LEFT JOIN journal AS k ON k.request_id = l.request_id
    WHERE l.diet_id = c.diet_id AND l.object_type = c.object_type AND l.action = 'delete' AND l.id > c.id AND (l.message LIKE 'diet %' OR k.request_id IS NOT NULL)
  )
ORDER BY c.id DESC
LIMIT 1;
