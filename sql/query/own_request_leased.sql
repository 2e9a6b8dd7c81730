-- Notes the deletions that bear no message, of a user of diet's who held a lease then: a
-- gateway drops what a DELETE says. :lease is the message of a lease's changes, :from the
-- change from which on to look for deletions.
INSERT INTO own_request (request_id, journaled)
WITH held AS MATERIALIZED (
  SELECT
    l.user_name AS user,
    l.id AS since,
    (
      SELECT min(g.id)
      FROM object_change AS g
      WHERE g.object_type = l.object_type AND g.object_id = l.object_id AND g.action = 'delete'
    ) AS until
  FROM object_change AS l
  JOIN actor AS a ON a.user = l.user_name AND a.role = 'diet'
  WHERE l.object_type = 'extras.tag' AND l.action = 'create' AND l.message GLOB :lease
)
SELECT DISTINCT c.request_id, 0
FROM object_change AS c
JOIN held AS h ON h.user = c.user_name AND h.since < c.id AND (h.until IS NULL OR h.until > c.id)
WHERE c.id >= :from AND c.action = 'delete' AND c.diet_id IS NOT NULL AND c.message = ''
ON CONFLICT DO NOTHING;
