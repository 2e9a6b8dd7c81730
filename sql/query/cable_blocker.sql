-- Ports that a plan's cable wants and another cable occupies: one row per port.
-- own is 1 for a cable of the same plan, whose own change may free the port.
SELECT
  d.object,
  o.id,
  coalesce(nullif(o.label, ''), '#' || o.id) AS name,
  coalesce(o.plan, '') AS plan,
  coalesce(o.object_id, '') AS other,
  t.termination_id AS port,
  coalesce(o.plan, '') = d.plan AND o.object_id IS NOT NULL AS own
FROM (
  SELECT object, plan, id, CAST(a AS INTEGER) AS port FROM desired_cable WHERE typeof(a) = 'integer'
  UNION ALL
  SELECT object, plan, id, CAST(b AS INTEGER) FROM desired_cable WHERE typeof(b) = 'integer'
) AS d
CROSS JOIN cable_termination AS t ON t.termination_type = 'dcim.interface' AND t.termination_id = d.port
JOIN cable AS o ON o.id = t.cable_id
WHERE d.id IS NULL OR o.id <> d.id
ORDER BY d.object, t.termination_id, o.id;
