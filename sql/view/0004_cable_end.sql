-- One row a cable: its two sides as they stand in NetBox. A side is NULL where
-- it is empty, the id of an interface where it is one interface, and else a
-- text such as 'dcim.frontport:12,dcim.frontport:13'.
CREATE VIEW cable_end AS
SELECT
  c.id,
  (
    SELECT CASE
      WHEN count(*) = 0 THEN NULL
      WHEN count(*) = 1 AND min(t.termination_type) = 'dcim.interface' THEN min(t.termination_id)
      ELSE group_concat(t.termination_type || ':' || t.termination_id, ',' ORDER BY t.termination_type, t.termination_id)
    END
    FROM cable_termination AS t
    WHERE t.cable_id = c.id AND t.cable_end = 'A'
  ) AS a,
  (
    SELECT CASE
      WHEN count(*) = 0 THEN NULL
      WHEN count(*) = 1 AND min(t.termination_type) = 'dcim.interface' THEN min(t.termination_id)
      ELSE group_concat(t.termination_type || ':' || t.termination_id, ',' ORDER BY t.termination_type, t.termination_id)
    END
    FROM cable_termination AS t
    WHERE t.cable_id = c.id AND t.cable_end = 'B'
  ) AS b
FROM cable AS c;
