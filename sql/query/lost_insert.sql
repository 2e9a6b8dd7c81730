-- Notes which of :ids, a JSON array, are diet's and disappeared without a deletion in the
-- changelog. :type is such as dcim.device.
INSERT INTO lost (kind, id, object, plan)
SELECT '{{.Kind.Name}}', o.id, o.object_id, o.plan
FROM {{.Kind.Name}} AS o
WHERE o.id IN (SELECT value FROM json_each(:ids))
  AND o.object_id IS NOT NULL
  AND o.plan IS NOT NULL
  AND coalesce(o.managed, 1)
  AND NOT EXISTS (SELECT 1 FROM object_change AS c WHERE c.object_type = :type AND c.object_id = o.id AND c.action = 'delete')
ON CONFLICT DO NOTHING;
