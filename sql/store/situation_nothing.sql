-- What was decided for runs of a plan that wrote nothing, and of which no preview is stored: of all but :preview.
DELETE FROM situation
WHERE netbox = :netbox AND plan = :plan AND preview <> :preview
  AND NOT EXISTS (SELECT 1 FROM preview AS p WHERE p.id = situation.preview)
  AND EXISTS (SELECT 1 FROM run AS r WHERE r.preview = situation.preview)
  AND NOT EXISTS (SELECT 1 FROM run AS r WHERE r.preview = situation.preview AND r.status <> 'done')
  AND NOT EXISTS (SELECT 1 FROM run AS r JOIN journal AS j ON j.run = r.id WHERE r.preview = situation.preview);
