-- What the plan of the last diff wants; the next diff writes only what is not the same.
-- fields holds what the plan states and diet owns, initial what is set at creation only:
-- JSON, references resolved to NetBox ids; one that is not in NetBox yet is "@" and its
-- object id, and pending = 1. want is the hash of fields, stated that of what the plan
-- states, digest that of the row.
CREATE TABLE desired (
  kind    TEXT NOT NULL,
  object  TEXT NOT NULL,
  plan    TEXT NOT NULL,
  source  TEXT NOT NULL,
  id      INTEGER, -- NetBox id of the object that has this object id
  owner   TEXT,    -- object id of what it is a part of
  fields  TEXT NOT NULL,
  initial TEXT NOT NULL,
  pending INTEGER NOT NULL,
  want    INTEGER NOT NULL,
  stated  INTEGER NOT NULL,
  digest  INTEGER NOT NULL,
  PRIMARY KEY (kind, object)
) STRICT;

CREATE INDEX desired_absent_idx ON desired (kind, object) WHERE id IS NULL;
CREATE INDEX desired_pending_idx ON desired (kind, object) WHERE pending = 1;

-- What desired was made of: it is made anew only where one of them is another. stated is
-- over what the plan states of its objects, 0 where some rows are to be made anew; frame is
-- over what else it says and the ids of what it shares, marks the number of marks_revision.
CREATE TABLE loaded (
  plan   TEXT    NOT NULL,
  uid    TEXT    NOT NULL,
  stated INTEGER NOT NULL,
  frame  INTEGER NOT NULL,
  marks  INTEGER NOT NULL
) STRICT;

-- The objects whose marks have to be looked at, with who wrote diet's record where that was
-- somebody else, and which object and plan it named before, and the shared objects that those of the plan were applied with, n of them
-- with each: as the last diff found them.
CREATE TABLE doubt (
  kind    TEXT    NOT NULL,
  id      INTEGER NOT NULL,
  actor   TEXT,
  user    TEXT,
  time    TEXT,
  message TEXT,
  object  TEXT,
  plan    TEXT,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE remembered (
  kind TEXT    NOT NULL,
  key  TEXT    NOT NULL,
  id   INTEGER NOT NULL,
  n    INTEGER NOT NULL,
  PRIMARY KEY (kind, key, id)
) STRICT, WITHOUT ROWID;

-- 64-bit hashes over the same fields on all three sides, kept at load time: a
-- diff opens only what differs, which an index lists. base and have are written
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

-- What a diff opens, what the last plan does not want, and what people changed.
CREATE INDEX signature_differs_idx ON signature (kind, object)
WHERE want IS NOT NULL AND have IS NOT NULL AND (want IS NOT base OR base IS NOT have);
CREATE INDEX signature_unwanted_idx ON signature (kind, object) WHERE want IS NULL;
CREATE INDEX signature_drift_idx ON signature (kind, object) WHERE base IS NOT have;

-- What the last diff found, field by field. NULL is null, or not there.
CREATE TABLE difference (
  kind   TEXT NOT NULL,
  object TEXT NOT NULL,
  plan   TEXT NOT NULL,
  field  TEXT NOT NULL,
  base   ANY,
  want   ANY,
  have   ANY,
  class  TEXT NOT NULL,
  PRIMARY KEY (kind, object, field)
) STRICT, WITHOUT ROWID;
