-- What is no cache: previews, runs and their journal, decisions. It is in a file of its own
-- beside the mirror; nothing else needs it to be right. Each row names its NetBox by
-- address; '' is one that an older diet did not note.

CREATE TABLE preview (
  id         TEXT PRIMARY KEY,
  netbox     TEXT NOT NULL,
  plan       TEXT NOT NULL,
  created_at TEXT NOT NULL,
  plan_file  TEXT NOT NULL,
  document   TEXT NOT NULL -- JSON
) STRICT;

CREATE TABLE run (
  id          TEXT PRIMARY KEY,
  netbox      TEXT NOT NULL,
  plan        TEXT NOT NULL,
  preview     TEXT NOT NULL,
  started_at  TEXT NOT NULL,
  finished_at TEXT,
  status      TEXT NOT NULL CONSTRAINT run_status CHECK (status IN ('running', 'done', 'partial', 'failed', 'interrupted', 'law_broken')),
  result      TEXT           -- JSON
) STRICT;

-- Written ahead: a request's row is here before it is sent.
CREATE TABLE journal (
  run        TEXT    NOT NULL REFERENCES run (id),
  seq        INTEGER NOT NULL,
  batch      TEXT    NOT NULL, -- also in NetBox's changelog message, 4.4 on
  method     TEXT    NOT NULL,
  kind       TEXT    NOT NULL,
  objects    TEXT    NOT NULL, -- JSON array of object ids
  payload    TEXT    NOT NULL, -- JSON array of what is sent
  inverse    TEXT    NOT NULL, -- JSON array of what was there: null for what is made
  guarded    INTEGER NOT NULL, -- 1: sent under If-Match, so that a second one cannot commit too
  sent_at    TEXT    NOT NULL,
  done_at    TEXT,
  status     TEXT    NOT NULL CONSTRAINT journal_status CHECK (status IN ('sent', 'done', 'failed', 'unknown')),
  request_id TEXT,
  error      TEXT,
  PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX run_plan_idx ON run (plan, started_at);
CREATE INDEX journal_request_idx ON journal (request_id) WHERE request_id IS NOT NULL;
CREATE INDEX journal_open_idx ON journal (run, seq) WHERE status IN ('sent', 'unknown');

CREATE TABLE decision (
  netbox   TEXT NOT NULL,
  plan     TEXT NOT NULL,
  kind     TEXT NOT NULL,
  object   TEXT NOT NULL,
  field    TEXT NOT NULL, -- '' for the object as a whole
  class    TEXT NOT NULL,
  decision TEXT NOT NULL,
  rule     TEXT NOT NULL,
  severity TEXT NOT NULL,
  message  TEXT NOT NULL,
  PRIMARY KEY (netbox, plan, kind, object, field)
) STRICT, WITHOUT ROWID;
