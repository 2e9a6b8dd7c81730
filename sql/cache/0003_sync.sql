-- NetBox's changelog, as far back as diet has read it: blame, and who deleted what.
CREATE TABLE object_change (
  id           INTEGER PRIMARY KEY,
  time         TEXT    NOT NULL,
  user_name    TEXT    NOT NULL,
  request_id   TEXT    NOT NULL,
  action       TEXT    NOT NULL CONSTRAINT object_change_action CHECK (action IN ('create', 'update', 'delete')),
  object_type  TEXT    NOT NULL, -- dcim.device
  object_id    INTEGER NOT NULL,
  message      TEXT    NOT NULL,
  diet_id      TEXT,             -- of a delete: the diet_object_id it had; of an update, that of diet's record, if that wrote another
  diet_plan    TEXT,
  name         TEXT,             -- of a delete: what it was called
  fields       TEXT,             -- JSON array of the fields that the change touched
  wrote        TEXT,             -- JSON object of their values after it, as the changelog has them
  marks        INTEGER GENERATED ALWAYS AS ( -- 2 where it touched what diet wrote of itself, 1 the marks that people see
    CASE
      WHEN fields LIKE '%"cf.diet\_managed\_fields.%' ESCAPE '\' THEN 2
      WHEN fields LIKE '%"cf.diet\_object\_id"%' ESCAPE '\' OR fields LIKE '%"cf.diet\_plan\_id"%' ESCAPE '\' THEN 1
      ELSE 0
    END
  ) VIRTUAL
) STRICT;

CREATE INDEX object_change_object_idx ON object_change (object_type, object_id, id);
CREATE INDEX object_change_marks_idx ON object_change (object_type, object_id, id) WHERE action = 'create' OR marks > 0;
CREATE INDEX object_change_request_idx ON object_change (request_id);
CREATE INDEX object_change_diet_idx ON object_change (diet_id) WHERE diet_id IS NOT NULL;

-- The objects of which all that the changelog says has been read; of the others the mirror has
-- what is beyond the floor in sync_state.
CREATE TABLE recalled (
  kind TEXT    NOT NULL,
  id   INTEGER NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- Whose changes are diet's own, and NetBox's own or another tool's, by user.
CREATE TABLE actor (
  user TEXT NOT NULL,
  role TEXT NOT NULL CONSTRAINT actor_role CHECK (role IN ('diet', 'system')),
  PRIMARY KEY (user, role)
) STRICT, WITHOUT ROWID;

-- The requests that diet itself made: of a journal, or by a user of diet's under the
-- message of a run.
CREATE TABLE own_request (
  request_id TEXT    PRIMARY KEY,
  journaled  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Objects of diet's that went while the mirror looked on, and no change says why.
CREATE TABLE lost (
  kind   TEXT    NOT NULL,
  id     INTEGER NOT NULL,
  object TEXT    NOT NULL,
  plan   TEXT    NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
{{range .Owned}}
-- NetBox was restored, and has given an id of diet's to what was made since.
CREATE TRIGGER {{.Name}}_lost_update AFTER UPDATE OF created ON {{.Name}}
WHEN new.created <> old.created AND old.object_id IS NOT NULL AND old.plan IS NOT NULL AND coalesce(old.managed, 1)
BEGIN
  INSERT INTO lost (kind, id, object, plan) VALUES ('{{.Name}}', old.id, old.object_id, old.plan) ON CONFLICT DO NOTHING;
END;
{{end}}
-- What objects of diet's refer to and NetBox does not show: the token may not view it.
CREATE TABLE hidden (
  kind     TEXT    NOT NULL,
  id       INTEGER NOT NULL,
  plan     TEXT    NOT NULL,
  referrer TEXT    NOT NULL, -- the kind that refers to it
  objects  INTEGER NOT NULL, -- how many of it do
  PRIMARY KEY (kind, id, plan, referrer)
) STRICT, WITHOUT ROWID;

-- What the next sync goes on from.
CREATE TABLE sync_state (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE sync_kind (
  kind      TEXT PRIMARY KEY,
  rows      INTEGER NOT NULL,
  synced_at TEXT    NOT NULL
) STRICT;
