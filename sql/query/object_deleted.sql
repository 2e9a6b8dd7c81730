-- The newest deletion of an object that had a diet id, if the changelog has one and
-- nothing of diet did it.
SELECT c.actor, c.user, c.time, c.message, c.request
FROM (
  SELECT a.id, a.time, a.user, a.message, a.actor, a.request_id AS request
  FROM authored AS a
  WHERE a.diet_id = :object AND a.object_type = :type AND a.action = 'delete'
  ORDER BY a.id DESC
  LIMIT 1
) AS c
WHERE c.actor <> 'diet'
ORDER BY c.id;
