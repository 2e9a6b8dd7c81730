-- Who last touched each field of :asked, a JSON array of [object type, id, field], by its
-- place in there: as blame_field does for one.
SELECT
  e.key AS at, c.actor, c.user, c.time, c.message, c.request_id AS request, c.action,
  c.wrote -> ('$."' || (e.value ->> 2) || '"') AS wrote
FROM jsonb_each(:asked) AS e
JOIN authored AS c ON c.id = (
  SELECT o.id
  FROM object_change AS o
  WHERE o.object_type = e.value ->> 0
    AND o.object_id = e.value ->> 1
    AND (o.fields IS NULL OR EXISTS (SELECT 1 FROM json_each(o.fields) AS f WHERE f.value = e.value ->> 2))
  ORDER BY o.id DESC
  LIMIT 1
)
ORDER BY e.key;
