-- How many cables of power and of consoles that no plan owns are on the devices in :devices, a
-- JSON array of ids: each has a power port, or a console port, at one end.
SELECT count(DISTINCT t.cable_id)
FROM cable_termination AS t
JOIN cable AS c ON c.id = t.cable_id
WHERE c.plan IS NULL
  AND (
    t.termination_type = 'dcim.powerport'
    AND t.termination_id IN (SELECT p.id FROM power_port AS p WHERE p.device_id IN (SELECT value FROM json_each(:devices)))
    OR t.termination_type = 'dcim.consoleport'
    AND t.termination_id IN (SELECT p.id FROM console_port AS p WHERE p.device_id IN (SELECT value FROM json_each(:devices)))
  );
