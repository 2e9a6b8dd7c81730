-- What is in the way of devices of a plan of which only a part is written: those that stay
-- where they are and get the type that the plan wants, and those that move and keep theirs
-- (moves). What takes no unit cannot have one. :sizes are the types that are yet to be made, by reference; one of which nothing
-- is known counts as one unit. :objects are the devices.
-- comes is 0 for what is there. What would come does so as the plan wants it (1), moves and
-- keeps its type (2), or stays and gets another (3). field is the one by which a rack gives
-- way; lower is 1 where a device would do so by its type.
WITH size AS MATERIALIZED (
  SELECT id, u_height, is_full_depth FROM device_type
  UNION ALL
  SELECT key, coalesce(value ->> '$.u_height', 1), coalesce(value ->> '$.is_full_depth', 1) FROM json_each(:sizes)
),
mix AS MATERIALIZED (
  SELECT d.object, d.plan, h.id, 0 AS moves, t.id AS type, h.rack_id, h.position, h.face, t.u_height, t.is_full_depth
  FROM json_each(:objects) AS e
  CROSS JOIN desired_device AS d ON d.object = e.value
  JOIN device AS h ON h.id = d.id
  JOIN size AS t ON t.id = d.device_type_id
  WHERE h.position IS NOT NULL
  UNION ALL
  SELECT d.object, d.plan, h.id, 1, t.id, d.rack_id, d.position, d.face, t.u_height, t.is_full_depth
  FROM json_each(:objects) AS e
  CROSS JOIN desired_device AS d ON d.object = e.value
  JOIN device AS h ON h.id = d.id
  JOIN size AS t ON t.id = h.device_type_id
  WHERE d.position IS NOT NULL AND typeof(d.rack_id) = 'integer'
),
coming AS MATERIALIZED (
  SELECT w.object, w.plan, w.name, w.id, 1 AS comes, w.rack_id, w.position, w.face, t.u_height, t.is_full_depth
  FROM desired_device AS w
  JOIN size AS t ON t.id = w.device_type_id
  WHERE w.rack_id IN (SELECT rack_id FROM mix)
  UNION ALL
  SELECT w.object, w.plan, w.name, w.id, 2, w.rack_id, w.position, w.face, t.u_height, t.is_full_depth
  FROM desired_device AS w
  JOIN device AS h ON h.id = w.id
  JOIN size AS t ON t.id = h.device_type_id
  WHERE w.rack_id IN (SELECT rack_id FROM mix)
  UNION ALL
  SELECT w.object, w.plan, w.name, w.id, 3, h.rack_id, h.position, h.face, t.u_height, t.is_full_depth
  FROM device AS h
  JOIN desired_device AS w ON w.object = h.object_id AND w.plan = h.plan
  JOIN size AS t ON t.id = w.device_type_id
  WHERE h.rack_id IN (SELECT rack_id FROM mix)
)
SELECT
  m.object, m.moves, 'device' AS kind, o.id, coalesce(o.name, '#' || o.id) AS name, '' AS other, 0 AS comes, '' AS field,
  w.object IS NOT NULL AND NOT (
    (m.is_full_depth OR wt.is_full_depth OR o.face IS m.face) AND m.position < o.position + wt.u_height
  ) AS lower
FROM mix AS m
CROSS JOIN device AS o ON o.rack_id = m.rack_id AND o.id <> m.id
JOIN device_type AS ot ON ot.id = o.device_type_id
LEFT JOIN desired_device AS w ON w.object = o.object_id AND w.plan = o.plan
LEFT JOIN size AS wt ON wt.id = w.device_type_id
WHERE (m.is_full_depth OR ot.is_full_depth OR o.face IS m.face)
  AND o.position < m.position + m.u_height
  AND m.position < o.position + ot.u_height
UNION ALL
SELECT m.object, m.moves, 'device', coalesce(w.id, 0), coalesce(w.name, w.object), w.object, w.comes, '', 0
FROM mix AS m
CROSS JOIN coming AS w ON w.rack_id = m.rack_id AND w.plan = m.plan AND w.object <> m.object
WHERE (m.is_full_depth OR w.is_full_depth OR w.face IS m.face)
  AND w.position < m.position + m.u_height
  AND m.position < w.position + w.u_height
UNION ALL
SELECT
  m.object, m.moves, 'rack', r.id, r.name, '', 0,
  CASE WHEN m.position + m.u_height <= r.starting_unit + w.u_height THEN 'u_height' ELSE '' END, 0
FROM mix AS m
CROSS JOIN rack AS r ON r.id = m.rack_id
LEFT JOIN desired_rack AS w ON w.id = r.id
WHERE m.position + m.u_height > r.starting_unit + r.u_height
UNION ALL
SELECT m.object, m.moves, 'rack', r.id, r.name, '', 1, 'u_height', 0
FROM mix AS m
CROSS JOIN rack AS r ON r.id = m.rack_id
JOIN desired_rack AS w ON w.id = r.id
WHERE m.position + m.u_height > r.starting_unit + w.u_height AND m.position + m.u_height <= r.starting_unit + r.u_height
UNION ALL
SELECT m.object, m.moves, 'device_type', 0, coalesce(t.model, ltrim(m.type, '@')), '', 0, '', 0
FROM mix AS m
LEFT JOIN device_type AS t ON t.id = m.type
WHERE m.u_height = 0
ORDER BY 1, 2, 7, 3, 4;
