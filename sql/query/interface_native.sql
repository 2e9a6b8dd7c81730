-- Interfaces that NetBox itself made from the device type's template when diet created
-- the device (their create rows stand in one request, or, beyond the changelog, were
-- made in the same seconds), and that no person has edited in fields that the plan states.
SELECT o.id
FROM desired_interface AS d
JOIN interface AS o ON o.device_id = d.device_id AND o.name = d.name
JOIN device AS e ON e.id = o.device_id
WHERE d.id IS NULL
  AND e.object_id IS NOT NULL
  AND o.object_id IS NULL
  AND (
    EXISTS (
      SELECT 1
      FROM object_change AS ci
      JOIN object_change AS cd ON cd.request_id = ci.request_id
        AND cd.object_type = 'dcim.device' AND cd.object_id = o.device_id AND cd.action = 'create'
      WHERE ci.object_type = 'dcim.interface' AND ci.object_id = o.id AND ci.action = 'create'
    )
    OR (
      NOT EXISTS (
        SELECT 1
        FROM object_change AS ci
        WHERE ci.object_type = 'dcim.interface' AND ci.object_id = o.id AND ci.action = 'create'
      )
      AND abs(julianday(o.created) - julianday(e.created)) * 86400 < 5
    )
  )
  AND NOT EXISTS (
    SELECT 1
    FROM authored AS u
    JOIN json_each(coalesce(u.fields, '[]')) AS f
    WHERE u.object_type = 'dcim.interface'
      AND u.object_id = o.id
      AND u.action = 'update'
      AND u.actor <> 'diet'
      AND json_type(d.fields, '$."' || f.value || '"') IS NOT NULL
  )
ORDER BY o.id;
