-- Who made each object of :objects, a JSON array of [object type, id].
SELECT o.value ->> 0 AS object_type, o.value ->> 1 AS id, c.actor, c.user, c.time, c.message, c.request_id AS request
FROM json_each(:objects) AS o
JOIN authored AS c ON c.object_type = o.value ->> 0 AND c.object_id = o.value ->> 1 AND c.action = 'create'
ORDER BY c.id;
