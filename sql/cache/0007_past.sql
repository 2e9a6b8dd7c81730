-- What objects were: a row each time that one changed since the mirror was first synced,
-- until then. doc is its row in the table of its kind as JSON by column, NULL where it was
-- not there. It grows with what changes, not with syncs: an object that never changed has no
-- row here, and one in which nothing but last_updated moved gets none. What a sync finds twice in
-- an object, without a later time, has one row, of what it was before: nobody could see it in between. What another
-- sync finds ends a microsecond after the version before where NetBox's clock, which tells seconds, has it earlier.
CREATE TABLE past (
  kind  TEXT    NOT NULL,
  id    INTEGER NOT NULL,
  until TEXT    NOT NULL, -- NetBox's time of the change, or that of the sync which found it
  doc   TEXT
) STRICT;

CREATE UNIQUE INDEX past_object_idx ON past (kind, id, until);

CREATE INDEX past_until_idx ON past (until);

-- One row while what changes is recorded, during a sync that is not the first one: its time, that
-- of the sync before it, the newest change of NetBox's changelog that was known then, and the newest row of past.
CREATE TABLE recording (now TEXT NOT NULL, since TEXT NOT NULL, known INTEGER NOT NULL, mark INTEGER NOT NULL) STRICT;
{{range .Kinds}}
CREATE TRIGGER {{.Name}}_past_insert AFTER INSERT ON {{.Name}}
WHEN EXISTS (SELECT 1 FROM recording)
BEGIN
  INSERT INTO past (kind, id, until, doc)
  SELECT '{{.Name}}', new.id, {{template "end"}}, NULL
  FROM (
    SELECT CASE
      WHEN {{template "born" .}} > g.since THEN {{template "born" .}}
      WHEN EXISTS (
        SELECT 1
        FROM object_change AS c
        WHERE c.object_type = '{{.ObjectType}}' AND c.object_id = new.id AND c.action = 'create' AND c.id > g.known
      ) THEN {{template "born" .}}
      ELSE g.now
    END AS until, g.mark
    FROM recording AS g
  ) AS r
  {{template "before" .}}new.id
  ) AS b
  {{template "kept"}}
END;

CREATE TRIGGER {{.Name}}_past_update AFTER UPDATE OF hash ON {{.Name}}
WHEN EXISTS (SELECT 1 FROM recording)
  AND ({{range $i, $c := .Remembered}}{{if $i}}, {{end}}new.{{$c}}{{end}})
    IS NOT ({{range $i, $c := .Remembered}}{{if $i}}, {{end}}old.{{$c}}{{end}})
BEGIN
  INSERT INTO past (kind, id, until, doc)
  SELECT '{{.Name}}', old.id, {{template "end"}}, {{template "doc_old" .}}
  FROM (
    SELECT CASE
      WHEN new.last_updated > coalesce(old.last_updated, '') THEN new.last_updated
      WHEN new.last_updated <> old.last_updated AND new.last_updated > since THEN new.last_updated -- the clock went back
      ELSE now
    END AS until, mark
    FROM recording
  ) AS r
  {{template "before" .}}old.id
  ) AS b
  {{template "kept"}}
END;

CREATE TRIGGER {{.Name}}_past_delete AFTER DELETE ON {{.Name}}
WHEN EXISTS (SELECT 1 FROM recording)
BEGIN
  INSERT INTO past (kind, id, until, doc)
  SELECT '{{.Name}}', old.id, {{template "end"}}, {{template "doc_old" .}}
  FROM (
    SELECT coalesce((
      SELECT c.time
      FROM object_change AS c
      WHERE c.object_type = '{{.ObjectType}}' AND c.object_id = old.id AND c.action = 'delete' AND c.id > g.known
      ORDER BY c.id DESC
      LIMIT 1
    ), g.now) AS until, g.mark
    FROM recording AS g
  ) AS r
  {{template "before" .}}old.id
  ) AS b
  {{template "kept"}}
END;
{{end}}
{{define "before"}}CROSS JOIN (
    SELECT coalesce(max(p.until), '') AS until, coalesce(max(p.rowid), 0) AS newest
    FROM past AS p
    WHERE p.kind = '{{.Name}}' AND p.id = {{end}}
{{define "kept"}}WHERE r.until > b.until OR b.newest <= r.mark;{{end}}
{{define "end"}}CASE
    WHEN r.until > b.until THEN r.until
    WHEN b.until LIKE '%.999999Z' THEN strftime('%Y-%m-%dT%H:%M:%S.000000Z', substr(b.until, 1, 19), '+1 second')
    ELSE substr(b.until, 1, 20) || printf('%06dZ', 1 + substr(b.until, 21, 6))
  END{{end}}
{{define "born"}}new.{{if .IsOwned}}created{{else}}last_updated{{end}}{{end}}
{{define "doc_old"}}json_object(
      {{range .Columns}}'{{.}}', old.{{.}}, {{end}}'hash', old.hash
    ){{end}}
