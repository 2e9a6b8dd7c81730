-- What the named plans want, loaded afresh for each diff. fields holds the
-- stated fields alone, canonical, references resolved to NetBox ids; one that
-- is not in NetBox yet is "@" and its object id. The typed columns are views
-- into fields, so that desired_<kind> reads like <kind>.

CREATE TABLE desired_rack (
  object      TEXT PRIMARY KEY,
  plan        TEXT NOT NULL,
  source      TEXT NOT NULL,
  id          INTEGER, -- NetBox id of the object that bears this object id
  fields      TEXT NOT NULL,
  initial     TEXT NOT NULL, -- set at creation, not owned afterwards
  name        TEXT GENERATED ALWAYS AS (fields ->> 'name') VIRTUAL,
  site_id     ANY  GENERATED ALWAYS AS (fields ->> 'site') VIRTUAL,
  location_id ANY  GENERATED ALWAYS AS (fields ->> 'location') VIRTUAL,
  u_height    REAL GENERATED ALWAYS AS (fields ->> 'u_height') VIRTUAL
) STRICT;

CREATE TABLE desired_device (
  object         TEXT PRIMARY KEY,
  plan           TEXT NOT NULL,
  source         TEXT NOT NULL,
  id             INTEGER,
  fields         TEXT NOT NULL,
  initial        TEXT NOT NULL,
  name           TEXT GENERATED ALWAYS AS (fields ->> 'name') VIRTUAL,
  site_id        ANY  GENERATED ALWAYS AS (fields ->> 'site') VIRTUAL,
  rack_id        ANY  GENERATED ALWAYS AS (fields ->> 'rack') VIRTUAL,
  position       REAL GENERATED ALWAYS AS (fields ->> 'position') VIRTUAL,
  face           TEXT GENERATED ALWAYS AS (fields ->> 'face') VIRTUAL,
  device_type_id ANY  GENERATED ALWAYS AS (fields ->> 'device_type') VIRTUAL,
  role_id        ANY  GENERATED ALWAYS AS (fields ->> 'role') VIRTUAL,
  status         TEXT GENERATED ALWAYS AS (fields ->> 'status') VIRTUAL,
  description    TEXT GENERATED ALWAYS AS (fields ->> 'description') VIRTUAL
) STRICT;

CREATE TABLE desired_interface (
  object    TEXT PRIMARY KEY,
  plan      TEXT NOT NULL,
  source    TEXT NOT NULL,
  id        INTEGER,
  fields    TEXT NOT NULL,
  initial   TEXT NOT NULL,
  owner     TEXT NOT NULL, -- the device's object id
  name      TEXT GENERATED ALWAYS AS (fields ->> 'name') VIRTUAL,
  device_id ANY  GENERATED ALWAYS AS (fields ->> 'device') VIRTUAL,
  type      TEXT GENERATED ALWAYS AS (fields ->> 'type') VIRTUAL
) STRICT;

CREATE INDEX desired_interface_owner_idx ON desired_interface (owner);

CREATE TABLE desired_cable (
  object TEXT PRIMARY KEY,
  plan   TEXT NOT NULL,
  source TEXT NOT NULL,
  id     INTEGER,
  fields TEXT NOT NULL,
  initial TEXT NOT NULL,
  a      ANY  GENERATED ALWAYS AS (fields ->> 'a') VIRTUAL,
  b      ANY  GENERATED ALWAYS AS (fields ->> 'b') VIRTUAL,
  type   TEXT GENERATED ALWAYS AS (fields ->> 'type') VIRTUAL,
  color  TEXT GENERATED ALWAYS AS (fields ->> 'color') VIRTUAL,
  label  TEXT GENERATED ALWAYS AS (fields ->> 'label') VIRTUAL
) STRICT;

-- Shared kinds: created where absent, never changed.
CREATE TABLE desired_shared (
  kind    TEXT NOT NULL,
  slug    TEXT NOT NULL,
  plan    TEXT NOT NULL,
  ensured INTEGER NOT NULL, -- 0: it must exist already
  fields  TEXT NOT NULL,
  PRIMARY KEY (kind, slug)
) STRICT, WITHOUT ROWID;

-- The plans of the last diff.
CREATE TABLE desired_plan (
  plan   TEXT PRIMARY KEY,
  digest TEXT NOT NULL
) STRICT;

-- 64-bit hashes over the same fields on all three sides, kept at load time: a
-- diff scans this table and opens only what differs. base and have are written
-- by the sync, want when the plan is loaded; NULL is not there.
CREATE TABLE signature (
  kind   TEXT NOT NULL,
  object TEXT NOT NULL,
  id     INTEGER,
  plan   TEXT NOT NULL,
  want   INTEGER,
  base   INTEGER,
  have   INTEGER,
  PRIMARY KEY (kind, object)
) STRICT, WITHOUT ROWID;

-- What the last diff found, field by field. class follows from the three
-- values alone; design.md, The three-way diff, has the table.
CREATE TABLE difference (
  kind   TEXT NOT NULL,
  object TEXT NOT NULL,
  plan   TEXT NOT NULL,
  field  TEXT NOT NULL,
  base   ANY,
  want   ANY,
  have   ANY,
  known  INTEGER NOT NULL, -- base holds the field
  stated INTEGER NOT NULL, -- the plan states it
  class  TEXT GENERATED ALWAYS AS (
    CASE
      WHEN known AND NOT stated THEN 'relinquished'
      WHEN known AND want IS base AND have IS base THEN 'in_sync'
      WHEN known AND have IS base THEN 'planned'
      WHEN known AND want IS base THEN 'drift'
      WHEN known AND want IS have THEN 'converged'
      WHEN known THEN 'conflict'
      WHEN want IS have THEN 'agreed'
      WHEN have IS NULL OR have IS '' THEN 'new'
      ELSE 'conflict'
    END
  ) VIRTUAL,
  PRIMARY KEY (kind, object, field)
) STRICT, WITHOUT ROWID;
