-- How often diet made an object again that somebody else had deleted, when first, and who all made
-- and deleted it as a JSON array, of each of :asked, a JSON array of [object type, diet id, since],
-- by its place in there. An object that was never made again has no row.
WITH gone AS (
  SELECT
    e.key AS at,
    e.value ->> 2 AS since,
    c.object_type,
    c.object_id,
    c.user,
    lag(c.id) OVER (PARTITION BY e.key ORDER BY c.id) AS before
  FROM jsonb_each(:asked) AS e
  CROSS JOIN authored AS c
  WHERE c.diet_id = e.value ->> 1
    AND c.object_type = e.value ->> 0
    AND c.action = 'delete'
    AND c.actor <> 'diet'
    AND c.time >= e.value ->> 2
),
made AS (
  SELECT g.at, c.user, c.time
  FROM gone AS g
  JOIN authored AS c ON c.object_type = g.object_type AND c.object_id = g.object_id
  WHERE g.before IS NOT NULL
    AND c.action = 'create'
    AND c.actor = 'diet'
    AND c.time >= g.since
)
SELECT
  m.at,
  count(*) AS times,
  min(m.time) AS since,
  (
    SELECT json_group_array(DISTINCT w.user)
    FROM (
      SELECT n.user FROM made AS n WHERE n.at = m.at
      UNION
      SELECT g.user FROM gone AS g WHERE g.at = m.at
    ) AS w
  ) AS writers
FROM made AS m
GROUP BY m.at
ORDER BY m.at;
