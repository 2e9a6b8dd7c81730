-- The further plugs of cables that break a port out, each with its number, with the devices at both ends
-- in :devices, a JSON array of ids.
SELECT
  k.id, 'interface' AS a_kind, a.id AS a, a.name AS a_name, a.device_id AS a_device,
  'interface' AS b_kind, b.id AS b, b.name AS b_name, b.device_id AS b_device, p.number AS plug
FROM cable AS k
JOIN cable_plug AS p ON p.cable_id = k.id AND p.number > 1
JOIN cable_termination AS t ON t.cable_id = k.id AND t.cable_end = 'A' AND t.termination_type = 'dcim.interface'
JOIN interface AS a ON a.id = t.termination_id
JOIN interface AS b ON b.id = p.port
WHERE k.profile GLOB 'breakout-*'
  AND a.device_id IN (SELECT value FROM json_each(:devices))
  AND b.device_id IN (SELECT value FROM json_each(:devices))
ORDER BY k.id, p.number;
