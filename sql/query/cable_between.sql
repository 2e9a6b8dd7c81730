-- The cables that join two interfaces, with the devices of both in :devices,
-- a JSON array of ids. Of a cable that breaks a port out, it is plug 1.
SELECT
  e.id, 'interface' AS a_kind, a.id AS a, a.name AS a_name, a.device_id AS a_device,
  'interface' AS b_kind, b.id AS b, b.name AS b_name, b.device_id AS b_device,
  CASE WHEN k.profile GLOB 'breakout-*' THEN 1 ELSE 0 END AS plug
FROM cable_end AS e
JOIN cable AS k ON k.id = e.id
JOIN interface AS a ON a.id = e.a
JOIN interface AS b ON b.id = e.b
WHERE typeof(e.a) = 'integer'
  AND typeof(e.b) = 'integer'
  AND a.device_id IN (SELECT value FROM json_each(:devices))
  AND b.device_id IN (SELECT value FROM json_each(:devices))
ORDER BY e.id;
