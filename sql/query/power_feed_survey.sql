-- The power feeds of a site's racks that no plan owns.
SELECT
  f.id, f.rack_id AS rack, p.name AS panel, f.name,
  coalesce(f.type, '') AS type, coalesce(f.supply, '') AS supply, coalesce(f.phase, '') AS phase,
  coalesce(f.voltage, 0) AS voltage, coalesce(f.amperage, 0) AS amperage, coalesce(f.max_utilization, 0) AS max_utilization
FROM power_feed AS f
JOIN power_panel AS p ON p.id = f.power_panel_id
JOIN rack AS r ON r.id = f.rack_id
JOIN site AS s ON s.id = r.site_id
WHERE s.slug = :site AND f.plan IS NULL
ORDER BY f.id;
