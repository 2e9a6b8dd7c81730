-- What says whose objects are: their marks, diet's record of them, and who wrote those. moved
-- are the objects of which any of that has changed since the last diff: with whose they were
-- then and what diet had applied, where seen = 1; else nothing but the changelog speaks of
-- them. marks_revision gets another number where more may have changed than single objects.
-- hand are the users by whom diet wrote, as the last diff that looked at all objects found.
CREATE TABLE moved (
  kind   TEXT    NOT NULL,
  id     INTEGER NOT NULL,
  seen   INTEGER NOT NULL,
  plan   TEXT,
  object TEXT,
  base   TEXT,
  keys   TEXT,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE marks_revision (n INTEGER NOT NULL) STRICT;

INSERT INTO marks_revision (n) VALUES (1);

CREATE TABLE hand (user TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
{{range .Owned}}
CREATE TRIGGER {{.Name}}_marks_insert AFTER INSERT ON {{.Name}}
WHEN (new.object_id IS NOT NULL OR new.shown_object IS NOT NULL) AND EXISTS (SELECT 1 FROM loaded)
BEGIN
  INSERT INTO moved (kind, id, seen) VALUES ('{{.Name}}', new.id, 1)
  ON CONFLICT DO UPDATE SET seen = 1;
END;

CREATE TRIGGER {{.Name}}_marks_update
AFTER UPDATE OF object_id, plan, uid, shown_object, shown_plan, sealed, version, managed, base, keys, released ON {{.Name}}
WHEN EXISTS (SELECT 1 FROM loaded) AND (
    (new.object_id, new.plan, new.uid, new.shown_object, new.shown_plan)
    IS NOT (old.object_id, old.plan, old.uid, old.shown_object, old.shown_plan)
  OR (new.sealed, new.version, new.managed, new.base, new.keys, new.released)
    IS NOT (old.sealed, old.version, old.managed, old.base, old.keys, old.released)
)
BEGIN
  {{template "moved" .}}
END;

CREATE TRIGGER {{.Name}}_marks_delete AFTER DELETE ON {{.Name}}
WHEN (old.object_id IS NOT NULL OR old.shown_object IS NOT NULL) AND EXISTS (SELECT 1 FROM loaded)
BEGIN
  {{template "moved" .}}
END;
{{end}}
CREATE TRIGGER object_change_marks_insert AFTER INSERT ON object_change
WHEN (new.action = 'create' OR new.marks > 0) AND EXISTS (SELECT 1 FROM loaded)
BEGIN
  INSERT INTO moved (kind, id, seen)
  SELECT k.name, new.object_id, 0
  FROM kind AS k
  WHERE k.object_type = new.object_type AND k.owned = 1
  ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER object_change_marks_update AFTER UPDATE OF fields ON object_change
WHEN new.marks IS NOT old.marks AND EXISTS (SELECT 1 FROM loaded)
BEGIN
  INSERT INTO moved (kind, id, seen)
  SELECT k.name, new.object_id, 0
  FROM kind AS k
  WHERE k.object_type = new.object_type AND k.owned = 1
  ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER object_change_marks_delete AFTER DELETE ON object_change
WHEN old.action = 'create' OR old.marks > 0 OR old.message <> ''
BEGIN
  UPDATE marks_revision SET n = n + 1;
END;

CREATE TRIGGER object_change_hand_insert AFTER INSERT ON object_change
WHEN EXISTS (SELECT 1 FROM loaded)
  AND NOT EXISTS (SELECT 1 FROM hand AS h WHERE h.user = new.user_name)
  AND EXISTS (SELECT 1 FROM own_request AS r WHERE r.request_id = new.request_id)
BEGIN
  UPDATE marks_revision SET n = n + 1;
END;

CREATE TRIGGER own_request_marks_insert AFTER INSERT ON own_request
WHEN EXISTS (SELECT 1 FROM loaded)
BEGIN
  INSERT INTO moved (kind, id, seen)
  SELECT k.name, c.object_id, 0
  FROM object_change AS c
  JOIN kind AS k ON k.object_type = c.object_type
  WHERE c.request_id = new.request_id AND k.owned = 1 AND (c.action = 'create' OR c.marks > 0)
  ON CONFLICT DO NOTHING;
  UPDATE marks_revision
  SET n = n + 1
  WHERE EXISTS (
    SELECT 1
    FROM object_change AS c
    WHERE c.request_id = new.request_id
      AND NOT EXISTS (SELECT 1 FROM hand AS h WHERE h.user = c.user_name)
  );
END;

CREATE TRIGGER own_request_marks_delete AFTER DELETE ON own_request
BEGIN
  UPDATE marks_revision SET n = n + 1;
END;

CREATE TRIGGER actor_marks_insert AFTER INSERT ON actor
BEGIN
  UPDATE marks_revision SET n = n + 1;
END;

CREATE TRIGGER actor_marks_delete AFTER DELETE ON actor
BEGIN
  UPDATE marks_revision SET n = n + 1;
END;
{{define "moved"}}INSERT INTO moved (kind, id, seen, plan, object, base, keys)
  VALUES ('{{.Name}}', old.id, 1, old.plan, old.object_id, old.base, old.keys)
  ON CONFLICT DO UPDATE SET
    seen = 1,
    plan = excluded.plan,
    object = excluded.object,
    base = excluded.base,
    keys = excluded.keys
  WHERE seen = 0;{{end}}
