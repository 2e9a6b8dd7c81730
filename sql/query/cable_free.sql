-- Those of :ids, a JSON array of ports, that no cable ends on. :type is such as dcim.interface.
SELECT i.value AS id
FROM json_each(:ids) AS i
WHERE NOT EXISTS (
  SELECT 1
  FROM cable_termination AS t
  JOIN cable AS c ON c.id = t.cable_id
  WHERE t.termination_type = :type AND t.termination_id = i.value
)
ORDER BY i.value;
