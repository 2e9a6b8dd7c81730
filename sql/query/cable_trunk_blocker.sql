-- Cables of others that are plugged into the whole of ports of which other cables want lanes: one row a
-- lane. :lanes are lists of a cable's diet id, the id of the device and the name of the port; :plan is the plan of those.
SELECT
  e.value ->> 0 AS object,
  {{template "cable_holding"}},
  0 AS own,
  t.termination_id AS port,
  t.termination_type AS port_type,
  '' AS marked
FROM json_each(:lanes) AS e
CROSS JOIN interface AS i ON i.device_id = e.value ->> 1 AND i.name = e.value ->> 2
CROSS JOIN cable_termination AS t ON t.termination_type = 'dcim.interface' AND t.termination_id = i.id
JOIN cable AS o ON o.id = t.cable_id
WHERE o.object_id IS NULL OR o.plan IS NULL OR o.plan <> :plan
ORDER BY 1, 2, 3;
