-- Who last touched a field of an object, else the object at all, before diet or not.
-- object_change_object_idx serves it; the view blame would read the whole changelog.
SELECT c.actor, c.user, c.time, c.message
FROM authored AS c
LEFT JOIN json_each(coalesce(c.fields, '[null]')) AS f
WHERE c.object_type = (SELECT k.object_type FROM kind AS k WHERE k.name = :kind) AND c.object_id = :id
ORDER BY (f.value IS :field) DESC, c.id DESC
LIMIT 1;
