-- How often diet wrote its value over somebody else's, when first, and who all wrote there as
-- a JSON array, of each of :asked, a JSON array of [object type, id, [field, …], since], by
-- its place in there. What was never fought over has no row.
WITH written AS (
  SELECT e.key AS at, c.user, c.time, c.actor = 'diet' AND lag(c.actor) OVER (PARTITION BY e.key ORDER BY c.id) <> 'diet' AS retook
  FROM jsonb_each(:asked) AS e
  CROSS JOIN authored AS c
  WHERE c.object_type = e.value ->> 0
    AND c.object_id = e.value ->> 1
    AND c.time >= e.value ->> 3
    AND EXISTS (SELECT 1 FROM json_each(c.fields) AS f JOIN json_each(e.value, '$[2]') AS g ON g.value = f.value)
)
SELECT
  w.at,
  count(*) FILTER (WHERE w.retook) AS times,
  min(w.time) FILTER (WHERE w.retook) AS since,
  json_group_array(DISTINCT w.user) AS writers
FROM written AS w
GROUP BY w.at
HAVING count(*) FILTER (WHERE w.retook) > 0
ORDER BY w.at;
