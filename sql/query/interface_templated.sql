-- Interfaces of a plan whose name is in the templates of their device's type.
SELECT o.id
FROM interface AS o
JOIN device AS e ON e.id = o.device_id
JOIN interface_template AS t ON t.device_type_id = e.device_type_id AND t.name = o.name
WHERE o.plan = :plan AND o.object_id IS NOT NULL
ORDER BY o.id;
