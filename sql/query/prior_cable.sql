-- Where diet last put each cable of a plan: the interfaces' object ids at the
-- ends that base names. Cables with an end without an id are left out.
SELECT c.object_id AS object, a.object_id AS a, b.object_id AS b
FROM cable AS c
JOIN interface AS a ON a.id = c.base ->> 'a'
JOIN interface AS b ON b.id = c.base ->> 'b'
WHERE c.plan = :plan AND c.object_id IS NOT NULL AND a.object_id IS NOT NULL AND b.object_id IS NOT NULL
ORDER BY c.object_id;
