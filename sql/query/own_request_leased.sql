-- Notes the deletions that bear no message, of a user of diet's who held a lease then: a
-- gateway drops what a DELETE says. :lease is the message of a lease's changes.
INSERT INTO own_request (request_id, journaled)
SELECT DISTINCT c.request_id, 0
FROM object_change AS c
JOIN actor AS a ON a.user = c.user_name AND a.role = 'diet'
WHERE c.action = 'delete'
  AND c.diet_id IS NOT NULL
  AND c.message = ''
  AND EXISTS (
    SELECT 1
    FROM object_change AS l
    WHERE l.object_type = 'extras.tag'
      AND l.action = 'create'
      AND l.user_name = c.user_name
      AND l.message GLOB :lease
      AND l.id < c.id
      AND NOT EXISTS (
        SELECT 1
        FROM object_change AS g
        WHERE g.object_type = l.object_type AND g.object_id = l.object_id AND g.action = 'delete' AND g.id < c.id
      )
  )
ON CONFLICT DO NOTHING;
