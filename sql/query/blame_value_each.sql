-- Who but diet last gave each field of :asked, a JSON array of [object type, id, field, value as
-- JSON], that value, by its place in there: what a rollback gave back is theirs.
SELECT e.key AS at, c.actor, c.user, c.time, c.message, c.action, c.wrote -> ('$."' || (e.value ->> 2) || '"') AS wrote
FROM jsonb_each(:asked) AS e
JOIN authored AS c ON c.id = (
  SELECT o.id
  FROM authored AS o
  WHERE o.object_type = e.value ->> 0
    AND o.object_id = e.value ->> 1
    AND o.actor <> 'diet'
    AND o.wrote -> ('$."' || (e.value ->> 2) || '"') = e.value ->> 3
    AND EXISTS (SELECT 1 FROM json_each(o.fields) AS f WHERE f.value = e.value ->> 2)
  ORDER BY o.id DESC
  LIMIT 1
)
ORDER BY e.key;
