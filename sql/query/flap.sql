-- How often diet wrote its value of a field over somebody else's since :since, when first,
-- and who all wrote it, as a JSON array.
WITH written AS (
  SELECT c.id, c.actor, c.user, c.time, lag(c.actor) OVER (ORDER BY c.id) AS before
  FROM authored AS c
  WHERE c.object_type = (SELECT k.object_type FROM kind AS k WHERE k.name = :kind)
    AND c.object_id = :id
    AND c.time >= :since
    AND EXISTS (SELECT 1 FROM json_each(c.fields) AS f WHERE f.value = :field)
)
SELECT
  count(*) AS times,
  coalesce(min(w.time), '') AS since,
  (SELECT json_group_array(user) FROM (SELECT DISTINCT user FROM written ORDER BY user)) AS writers
FROM written AS w
WHERE w.actor = 'diet' AND w.before <> 'diet';
