-- Those of :objects, a JSON array of [type, NetBox id, diet id], of which the changelog has the deletion, or that
-- disappeared: the place of each in the array.
SELECT e.key
FROM json_each(:objects) AS e
WHERE EXISTS (
    SELECT 1
    FROM object_change AS c
    WHERE c.object_type = e.value ->> 0 AND c.object_id = e.value ->> 1 AND c.action = 'delete' AND c.diet_id = e.value ->> 2
  )
  OR EXISTS (
    SELECT 1
    FROM lost AS l
    JOIN kind AS k ON k.name = l.kind
    WHERE k.object_type = e.value ->> 0 AND l.id = e.value ->> 1 AND l.object = e.value ->> 2
  );
