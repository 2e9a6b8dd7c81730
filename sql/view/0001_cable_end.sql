-- The plugs at the B end of cables with a profile that diet applied, by the number that it
-- gave them: a plug keeps it although NetBox counts anew when others were pulled, as people did not
-- move it.
CREATE VIEW cable_plug_applied AS
SELECT t.id, t.cable_id, CAST(coalesce(nullif(substr(e.key, 2), ''), '1') AS INTEGER) AS number
FROM cable_termination AS t
JOIN cable AS k ON k.id = t.cable_id
JOIN json_each(k.base) AS e
  ON e.key IN ({{range $i, $p := .Cable.PlugsAt "b"}}{{if $i}}, {{end}}'{{$p}}'{{end}}) AND e.value = t.termination_id
WHERE t.cable_end = 'B' AND t.termination_type = 'dcim.interface' AND k.profile IS NOT NULL;

-- Somebody else's plugs there that NetBox gives a number which one of diet's has.
CREATE VIEW cable_plug_late AS
SELECT t.id, t.cable_id, t.connector
FROM cable_termination AS t
JOIN cable_plug_applied AS x ON x.cable_id = t.cable_id AND x.number = t.connector
WHERE t.cable_end = 'B' AND t.id NOT IN (SELECT y.id FROM cable_plug_applied AS y WHERE y.cable_id = t.cable_id);

-- The numbers that no plug there has.
CREATE VIEW cable_plug_free AS
SELECT k.id AS cable_id, n.value AS number
FROM cable AS k
JOIN json_each('[{{range $i, $p := .Cable.PlugsAt "b"}}{{if $i}},{{end}}{{inc $i}}{{end}}]') AS n
WHERE k.profile IS NOT NULL
  AND n.value NOT IN (SELECT x.number FROM cable_plug_applied AS x WHERE x.cable_id = k.id)
  AND n.value NOT IN (
    SELECT o.connector
    FROM cable_termination AS o
    WHERE o.cable_id = k.id
      AND o.cable_end = 'B'
      AND o.connector IS NOT NULL
      AND o.id NOT IN (SELECT x.id FROM cable_plug_applied AS x WHERE x.cable_id = k.id)
  );

-- All plugs there, by number: diet's, NetBox's, and for those that came late one of the free
-- ones each.
CREATE VIEW cable_plug AS
SELECT t.cable_id, t.termination_id AS port, n.value AS number
FROM cable_termination AS t
JOIN cable AS k ON k.id = t.cable_id
CROSS JOIN json_each(json_array(
  coalesce(
    (SELECT y.number FROM cable_plug_applied AS y WHERE y.id = t.id),
    CASE
      WHEN t.id NOT IN (SELECT l.id FROM cable_plug_late AS l WHERE l.cable_id = t.cable_id) THEN coalesce(t.connector, 1)
      ELSE (
        SELECT f.number
        FROM cable_plug_free AS f
        WHERE f.cable_id = t.cable_id
          AND (SELECT count(*) FROM cable_plug_free AS g WHERE g.cable_id = t.cable_id AND g.number < f.number)
            = (SELECT count(*) FROM cable_plug_late AS l WHERE l.cable_id = t.cable_id AND l.connector < t.connector)
      )
    END
  )
)) AS n
WHERE t.cable_end = 'B' AND t.termination_type = 'dcim.interface' AND k.profile IS NOT NULL;

-- One row a cable: its two sides as they stand in NetBox. A side is NULL where
-- it is empty, the id of an interface where it is one interface, and else a
-- text such as 'dcim.frontport:12,dcim.frontport:13'. Of a cable with a profile, b is
-- its first plug there. (An ORDER BY within
-- group_concat would keep the sqlite3 of Debian 12 from opening the file. What takes work stands
-- in json_each, also below: SQLite puts an expression wherever its column is named.)
CREATE VIEW cable_end AS
SELECT c.id, a.value AS a, b.value AS b
FROM cable AS c
CROSS JOIN json_each(json_array({{template "side" "A"}})) AS a
CROSS JOIN json_each(json_array(
  CASE
    WHEN c.profile IS NULL OR EXISTS (
      SELECT 1
      FROM cable_termination AS t
      WHERE t.cable_id = c.id AND t.cable_end = 'B' AND t.termination_type <> 'dcim.interface'
    ) THEN {{template "side" "B"}}
    ELSE (SELECT p.port FROM cable_plug AS p WHERE p.cable_id = c.id AND p.number = 1)
  END
)) AS b;

-- The two sides of a cable as diet compares them. Which side is A means nothing in
-- NetBox, but for breakouts: the sides are turned where more of what diet last applied is then where it was.
-- turned = 1 says that NetBox's A is diet's b: what is written goes to that side. A side
-- counts as holding a port also where people plugged in more beside it. Of a cable between ports of
-- kinds that go with one side each, as a power port and an outlet, the kinds say which is which.
CREATE VIEW cable_side AS
SELECT
  c.id,
  CASE WHEN s.value THEN c.b ELSE c.a END AS a,
  CASE WHEN s.value THEN c.a ELSE c.b END AS b,
  s.value AS turned
FROM cable_end AS c
JOIN cable AS k ON k.id = c.id
CROSS JOIN json_each(json_array(
  CASE
    WHEN c.a = k.base ->> 'a' OR c.b = k.base ->> 'b' OR k.profile GLOB 'breakout-*' THEN 0
{{- range .Cable.Aside "b"}}
    WHEN c.a GLOB '{{.To.ObjectType}}:*' THEN 1
    WHEN c.b GLOB '{{.To.ObjectType}}:*' THEN 0
{{- end}}
{{- range .Cable.Aside "a"}}
    WHEN c.b GLOB '{{.To.ObjectType}}:*' THEN 1
    WHEN c.a GLOB '{{.To.ObjectType}}:*' THEN 0
{{- end}}
    ELSE (
      SELECT coalesce(sum(CASE WHEN (t.cable_end = 'A') = (t.termination_id = k.base ->> 'a') THEN -1 ELSE 1 END), 0) > 0
      FROM cable_termination AS t
      WHERE t.cable_id = c.id
        AND t.termination_type = 'dcim.interface'
        AND (t.termination_id = k.base ->> 'a' OR t.termination_id = k.base ->> 'b')
    )
  END
)) AS s;
{{define "side"}}(
    SELECT CASE
      WHEN count(*) = 0 THEN NULL
      WHEN count(*) = 1 AND min(t.termination_type) = 'dcim.interface' THEN min(t.termination_id)
      ELSE (
        SELECT group_concat(m.port, ',')
        FROM (
          SELECT n.termination_type || ':' || n.termination_id AS port
          FROM cable_termination AS n
          WHERE n.cable_id = c.id AND n.cable_end = '{{.}}'
          ORDER BY n.termination_type, n.termination_id
        ) AS m
      )
    END
    FROM cable_termination AS t
    WHERE t.cable_id = c.id AND t.cable_end = '{{.}}'
  ){{end}}
