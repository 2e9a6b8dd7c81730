-- Interfaces that NetBox itself made from the device type's template when diet created
-- the device: their create rows stand in one request, and the device has its id since
-- then (a person's device got it when it was adopted). Beyond the changelog those that
-- were made in the same seconds and are as the template has them. None that a person has
-- edited in what the plan states.
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
      WHERE ci.object_type = 'dcim.interface'
        AND ci.object_id = o.id
        AND ci.action = 'create'
        AND (
          EXISTS (SELECT 1 FROM own_request AS q WHERE q.request_id = cd.request_id)
          OR NOT EXISTS (
            SELECT 1
            FROM object_change AS ca
            WHERE ca.object_type = 'dcim.device'
              AND ca.object_id = o.device_id
              AND ca.action = 'update'
              AND ca.fields LIKE '%"cf.diet\_object\_id"%' ESCAPE '\'
          )
        )
    )
    OR (
      NOT EXISTS (
        SELECT 1
        FROM object_change AS ci
        WHERE ci.object_type = 'dcim.interface' AND ci.object_id = o.id AND ci.action = 'create'
      )
      AND abs(julianday(o.created) - julianday(e.created)) * 86400 < 5
      AND EXISTS (
        SELECT 1
        FROM interface_template AS t
        WHERE t.device_type_id = e.device_type_id AND t.name = o.name AND t.type = o.type AND o.description = '' AND o.enabled
      )
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
