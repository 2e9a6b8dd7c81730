-- Who last touched a field of an object, or, where :field is empty, the object at all. A
-- change whose fields are not known may have touched it. wrote is the field's value after
-- the change, as JSON. object_change_object_idx serves it; the view blame would read the
-- whole changelog.
SELECT c.actor, c.user, c.time, c.message, c.request_id AS request, c.action, c.wrote -> ('$."' || :field || '"') AS wrote
FROM authored AS c
WHERE c.object_type = (SELECT k.object_type FROM kind AS k WHERE k.name = :kind)
  AND c.object_id = :id
  AND (:field = '' OR c.fields IS NULL OR EXISTS (SELECT 1 FROM json_each(c.fields) AS f WHERE f.value = :field))
ORDER BY c.id DESC
LIMIT 1;
