-- Another number after each change of what says whose objects are: their marks, diet's
-- record of them, and who wrote those.
CREATE TABLE marks_revision (n INTEGER NOT NULL) STRICT;

INSERT INTO marks_revision (n) VALUES (1);
{{range .Owned}}
CREATE TRIGGER {{.Name}}_marks_insert AFTER INSERT ON {{.Name}}
WHEN new.object_id IS NOT NULL OR new.shown_object IS NOT NULL
BEGIN
  UPDATE marks_revision SET n = n + 1;
END;

CREATE TRIGGER {{.Name}}_marks_update
AFTER UPDATE OF object_id, plan, uid, shown_object, shown_plan, sealed, version, managed, keys, released ON {{.Name}}
WHEN (new.object_id, new.plan, new.uid, new.shown_object, new.shown_plan) IS NOT
    (old.object_id, old.plan, old.uid, old.shown_object, old.shown_plan)
  OR (new.sealed, new.version, new.managed, new.keys, new.released) IS NOT (old.sealed, old.version, old.managed, old.keys, old.released)
BEGIN
  UPDATE marks_revision SET n = n + 1;
END;

CREATE TRIGGER {{.Name}}_marks_delete AFTER DELETE ON {{.Name}}
WHEN old.object_id IS NOT NULL OR old.shown_object IS NOT NULL
BEGIN
  UPDATE marks_revision SET n = n + 1;
END;
{{end}}
CREATE TRIGGER object_change_marks_insert AFTER INSERT ON object_change
WHEN new.action = 'create' OR new.marks > 0
BEGIN
  UPDATE marks_revision SET n = n + 1;
END;

CREATE TRIGGER object_change_marks_update AFTER UPDATE OF fields ON object_change
WHEN new.marks IS NOT old.marks
BEGIN
  UPDATE marks_revision SET n = n + 1;
END;

CREATE TRIGGER object_change_marks_delete AFTER DELETE ON object_change
WHEN old.action = 'create' OR old.marks > 0
BEGIN
  UPDATE marks_revision SET n = n + 1;
END;

CREATE TRIGGER own_request_marks_insert AFTER INSERT ON own_request
BEGIN
  UPDATE marks_revision SET n = n + 1;
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
