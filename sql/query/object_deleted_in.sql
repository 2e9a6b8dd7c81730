-- The requests in which an object was deleted, by its object type and NetBox id. A request without an
-- id is not known.
SELECT c.request_id AS request
FROM object_change AS c
WHERE c.object_type = :type AND c.object_id = :id AND c.action = 'delete'
ORDER BY c.id;
