-- What a mirror of some sites keeps, by kind: what stands in them, what bears marks of
-- diet's, the cables on the interfaces of both, and what any of these refers to.
CREATE VIEW kept_cable AS
SELECT id FROM cable WHERE shown_object IS NOT NULL OR shown_plan IS NOT NULL
UNION
SELECT t.cable_id
FROM cable_termination AS t
JOIN interface AS i ON i.id = t.termination_id
LEFT JOIN device AS d ON d.id = i.device_id
WHERE t.termination_type = 'dcim.interface'
  AND (d.site_id IN (SELECT id FROM scope_site) OR i.shown_object IS NOT NULL OR i.shown_plan IS NOT NULL);

CREATE VIEW kept_interface AS
SELECT i.id
FROM interface AS i
JOIN device AS d ON d.id = i.device_id
WHERE d.site_id IN (SELECT id FROM scope_site)
UNION
SELECT t.termination_id
FROM cable_termination AS t
WHERE t.termination_type = 'dcim.interface' AND t.cable_id IN (SELECT id FROM kept_cable)
UNION
SELECT id FROM interface WHERE shown_object IS NOT NULL OR shown_plan IS NOT NULL
UNION
SELECT parent_id FROM interface WHERE parent_id IS NOT NULL AND (shown_object IS NOT NULL OR shown_plan IS NOT NULL)
UNION
SELECT lag_id FROM interface WHERE lag_id IS NOT NULL AND (shown_object IS NOT NULL OR shown_plan IS NOT NULL)
UNION
SELECT bridge_id FROM interface WHERE bridge_id IS NOT NULL AND (shown_object IS NOT NULL OR shown_plan IS NOT NULL);

CREATE VIEW kept_device AS
SELECT id FROM device WHERE site_id IN (SELECT id FROM scope_site) OR shown_object IS NOT NULL OR shown_plan IS NOT NULL
UNION
SELECT device_id FROM interface WHERE id IN (SELECT id FROM kept_interface);

CREATE VIEW kept_rack AS
SELECT id FROM rack WHERE site_id IN (SELECT id FROM scope_site) OR shown_object IS NOT NULL OR shown_plan IS NOT NULL
UNION
SELECT rack_id FROM device WHERE rack_id IS NOT NULL AND id IN (SELECT id FROM kept_device);
