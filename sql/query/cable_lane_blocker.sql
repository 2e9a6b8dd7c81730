-- Cables that are plugged into lanes that other cables want: one row a lane. :lanes are pairs of a cable's
-- diet id and the id of the lane's interface, :plan the plan of those. own is 1 for a cable of the same
-- plan, whose own change may free the lane.
SELECT
  e.value ->> 0 AS object,
  {{template "cable_holding"}},
  coalesce(o.plan, '') = :plan AND o.object_id IS NOT NULL AS own,
  t.termination_id AS port,
  t.termination_type AS port_type,
  '' AS marked
FROM json_each(:lanes) AS e
CROSS JOIN cable_termination AS t ON t.termination_type = 'dcim.interface' AND t.termination_id = e.value ->> 1
JOIN cable AS o ON o.id = t.cable_id
ORDER BY 1, 2, 3;
