-- Where diet last put each cable of a plan: the interfaces' object ids at the ends that
-- base names, also where they are gone. Cables with an end that bore none are left out.
SELECT c.object_id AS object, coalesce(a.object_id, c.keys ->> 'a') AS a, coalesce(b.object_id, c.keys ->> 'b') AS b
FROM cable AS c
LEFT JOIN interface AS a ON a.id = c.base ->> 'a'
LEFT JOIN interface AS b ON b.id = c.base ->> 'b'
WHERE c.plan = :plan
  AND c.object_id IS NOT NULL
  AND coalesce(a.object_id, c.keys ->> 'a') IS NOT NULL
  AND coalesce(b.object_id, c.keys ->> 'b') IS NOT NULL
ORDER BY c.object_id;
