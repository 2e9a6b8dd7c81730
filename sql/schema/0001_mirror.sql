-- What NetBox last said, one table a kind. The mirror can be deleted at any
-- time and is rebuilt by a sync, so there are no down migrations.
--
-- Values are canonical: choices raw, decimals as numbers, "" where NetBox has
-- a blank text, NULL where it has null. hash is over the row as it came;
-- stale = 1 asks for a new signature.

CREATE TABLE site (
  id           INTEGER PRIMARY KEY,
  slug         TEXT    NOT NULL,
  name         TEXT    NOT NULL,
  status       TEXT,
  region_id    INTEGER,
  last_updated TEXT,
  hash         INTEGER NOT NULL
) STRICT;

CREATE TABLE location (
  id           INTEGER PRIMARY KEY,
  slug         TEXT    NOT NULL,
  name         TEXT    NOT NULL,
  site_id      INTEGER NOT NULL,
  parent_id    INTEGER,
  last_updated TEXT,
  hash         INTEGER NOT NULL
) STRICT;

CREATE TABLE manufacturer (
  id           INTEGER PRIMARY KEY,
  slug         TEXT    NOT NULL,
  name         TEXT    NOT NULL,
  last_updated TEXT,
  hash         INTEGER NOT NULL
) STRICT;

CREATE TABLE device_type (
  id              INTEGER PRIMARY KEY,
  slug            TEXT    NOT NULL,
  model           TEXT    NOT NULL,
  manufacturer_id INTEGER NOT NULL,
  u_height        REAL    NOT NULL,
  is_full_depth   INTEGER NOT NULL,
  last_updated    TEXT,
  hash            INTEGER NOT NULL
) STRICT;

CREATE TABLE interface_template (
  id             INTEGER PRIMARY KEY,
  device_type_id INTEGER, -- NULL for a template of a module type
  name           TEXT    NOT NULL,
  type           TEXT    NOT NULL,
  last_updated   TEXT,
  hash           INTEGER NOT NULL
) STRICT;

CREATE INDEX interface_template_device_type_idx ON interface_template (device_type_id, name);

CREATE TABLE device_role (
  id           INTEGER PRIMARY KEY,
  slug         TEXT    NOT NULL,
  name         TEXT    NOT NULL,
  color        TEXT,
  last_updated TEXT,
  hash         INTEGER NOT NULL
) STRICT;

CREATE TABLE tag (
  id           INTEGER PRIMARY KEY,
  slug         TEXT    NOT NULL,
  name         TEXT    NOT NULL,
  color        TEXT,
  description  TEXT,
  last_updated TEXT,
  hash         INTEGER NOT NULL
) STRICT;

CREATE TABLE tenant (
  id           INTEGER PRIMARY KEY,
  slug         TEXT    NOT NULL,
  name         TEXT    NOT NULL,
  last_updated TEXT,
  hash         INTEGER NOT NULL
) STRICT;

CREATE TABLE platform (
  id           INTEGER PRIMARY KEY,
  slug         TEXT    NOT NULL,
  name         TEXT    NOT NULL,
  last_updated TEXT,
  hash         INTEGER NOT NULL
) STRICT;

CREATE TABLE custom_field (
  id           INTEGER PRIMARY KEY,
  name         TEXT    NOT NULL,
  type         TEXT    NOT NULL,
  object_types TEXT    NOT NULL, -- JSON array of "app.model", sorted
  filter_logic TEXT,
  required     INTEGER NOT NULL,
  last_updated TEXT,
  hash         INTEGER NOT NULL
) STRICT;

-- The owned kinds carry their ownership: object_id, plan, managed, protected
-- and source are NetBox's diet_* custom fields; base and released are the two
-- parts of diet_managed_fields, '{}' where that is absent or unreadable.

CREATE TABLE rack (
  id            INTEGER PRIMARY KEY,
  name          TEXT    NOT NULL,
  site_id       INTEGER NOT NULL,
  location_id   INTEGER,
  tenant_id     INTEGER,
  role_id       INTEGER,
  status        TEXT,
  serial        TEXT,
  asset_tag     TEXT,
  u_height      REAL,
  description   TEXT,
  comments      TEXT,
  tags          TEXT    NOT NULL, -- JSON array of tag ids, sorted
  custom_fields TEXT    NOT NULL, -- JSON object without the diet_* fields
  object_id     TEXT,
  plan          TEXT,
  managed       INTEGER,
  protected     INTEGER NOT NULL,
  source        TEXT,
  base          TEXT    NOT NULL,
  released      TEXT    NOT NULL,
  created       TEXT,
  last_updated  TEXT,
  hash          INTEGER NOT NULL,
  stale         INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE INDEX rack_object_id_idx ON rack (object_id) WHERE object_id IS NOT NULL;
CREATE INDEX rack_site_name_idx ON rack (site_id, name);
CREATE INDEX rack_stale_idx ON rack (id) WHERE stale = 1;

CREATE TABLE device (
  id             INTEGER PRIMARY KEY,
  name           TEXT,
  site_id        INTEGER NOT NULL,
  location_id    INTEGER,
  rack_id        INTEGER,
  position       REAL,
  face           TEXT,
  device_type_id INTEGER NOT NULL,
  role_id        INTEGER NOT NULL,
  tenant_id      INTEGER,
  platform_id    INTEGER,
  status         TEXT,
  serial         TEXT,
  asset_tag      TEXT,
  description    TEXT,
  comments       TEXT,
  tags           TEXT    NOT NULL,
  custom_fields  TEXT    NOT NULL,
  object_id      TEXT,
  plan           TEXT,
  managed        INTEGER,
  protected      INTEGER NOT NULL,
  source         TEXT,
  base           TEXT    NOT NULL,
  released       TEXT    NOT NULL,
  created        TEXT,
  last_updated   TEXT,
  hash           INTEGER NOT NULL,
  stale          INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE INDEX device_object_id_idx ON device (object_id) WHERE object_id IS NOT NULL;
CREATE INDEX device_site_name_idx ON device (site_id, lower(name));
CREATE INDEX device_rack_position_idx ON device (rack_id, position);
CREATE INDEX device_stale_idx ON device (id) WHERE stale = 1;

CREATE TABLE interface (
  id            INTEGER PRIMARY KEY,
  device_id     INTEGER NOT NULL,
  name          TEXT    NOT NULL,
  type          TEXT    NOT NULL,
  enabled       INTEGER,
  label         TEXT,
  description   TEXT,
  lag_id        INTEGER,
  tags          TEXT    NOT NULL,
  custom_fields TEXT    NOT NULL,
  object_id     TEXT,
  plan          TEXT,
  managed       INTEGER,
  protected     INTEGER NOT NULL,
  source        TEXT,
  base          TEXT    NOT NULL,
  released      TEXT    NOT NULL,
  created       TEXT,
  last_updated  TEXT,
  hash          INTEGER NOT NULL,
  stale         INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE INDEX interface_object_id_idx ON interface (object_id) WHERE object_id IS NOT NULL;
CREATE INDEX interface_device_name_idx ON interface (device_id, name);
CREATE INDEX interface_stale_idx ON interface (id) WHERE stale = 1;

CREATE TABLE cable (
  id            INTEGER PRIMARY KEY,
  type          TEXT,
  status        TEXT,
  color         TEXT,
  label         TEXT,
  length        REAL,
  length_unit   TEXT,
  tenant_id     INTEGER,
  description   TEXT,
  comments      TEXT,
  tags          TEXT    NOT NULL,
  custom_fields TEXT    NOT NULL,
  object_id     TEXT,
  plan          TEXT,
  managed       INTEGER,
  protected     INTEGER NOT NULL,
  source        TEXT,
  base          TEXT    NOT NULL,
  released      TEXT    NOT NULL,
  created       TEXT,
  last_updated  TEXT,
  hash          INTEGER NOT NULL,
  stale         INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE INDEX cable_object_id_idx ON cable (object_id) WHERE object_id IS NOT NULL;
CREATE INDEX cable_stale_idx ON cable (id) WHERE stale = 1;

CREATE TABLE cable_termination (
  id               INTEGER PRIMARY KEY,
  cable_id         INTEGER NOT NULL,
  cable_end        TEXT    NOT NULL, -- A or B
  termination_type TEXT    NOT NULL, -- dcim.interface, dcim.frontport, ...
  termination_id   INTEGER NOT NULL,
  last_updated     TEXT,
  hash             INTEGER NOT NULL
) STRICT;

CREATE INDEX cable_termination_cable_idx ON cable_termination (cable_id, cable_end);
CREATE INDEX cable_termination_termination_idx ON cable_termination (termination_type, termination_id);

CREATE TABLE ip_address (
  id                   INTEGER PRIMARY KEY,
  address              TEXT    NOT NULL,
  assigned_object_type TEXT,
  assigned_object_id   INTEGER,
  status               TEXT,
  dns_name             TEXT,
  last_updated         TEXT,
  hash                 INTEGER NOT NULL
) STRICT;

CREATE INDEX ip_address_assigned_idx ON ip_address (assigned_object_type, assigned_object_id);

-- A cable's ends are fields of the cable, but rows of their own.
CREATE TRIGGER cable_termination_insert AFTER INSERT ON cable_termination
BEGIN
  UPDATE cable SET stale = 1 WHERE id = new.cable_id;
END;

CREATE TRIGGER cable_termination_update AFTER UPDATE ON cable_termination
BEGIN
  UPDATE cable SET stale = 1 WHERE id IN (old.cable_id, new.cable_id);
END;

CREATE TRIGGER cable_termination_delete AFTER DELETE ON cable_termination
BEGIN
  UPDATE cable SET stale = 1 WHERE id = old.cable_id;
END;

-- Tags are kept by id and compared by slug: another slug is another value.
CREATE TRIGGER tag_slug_update AFTER UPDATE OF slug ON tag WHEN new.slug IS NOT old.slug
BEGIN
  UPDATE rack SET stale = 1 WHERE new.id IN (SELECT value FROM json_each(tags));
  UPDATE device SET stale = 1 WHERE new.id IN (SELECT value FROM json_each(tags));
  UPDATE interface SET stale = 1 WHERE new.id IN (SELECT value FROM json_each(tags));
  UPDATE cable SET stale = 1 WHERE new.id IN (SELECT value FROM json_each(tags));
END;

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
  diet_id      TEXT,             -- of a delete: the diet_object_id that the object bore
  diet_plan    TEXT,
  name         TEXT,             -- of a delete: what it was called
  fields       TEXT              -- JSON array of the fields that the change touched
) STRICT;

CREATE INDEX object_change_object_idx ON object_change (object_type, object_id, id);
CREATE INDEX object_change_request_idx ON object_change (request_id);
CREATE INDEX object_change_diet_idx ON object_change (diet_id) WHERE diet_id IS NOT NULL;

-- One row a NetBox: what the sync goes on from.
CREATE TABLE sync_state (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE sync_kind (
  kind         TEXT PRIMARY KEY,
  last_updated TEXT,    -- the greatest seen
  rows         INTEGER NOT NULL,
  synced_at    TEXT NOT NULL
) STRICT;
