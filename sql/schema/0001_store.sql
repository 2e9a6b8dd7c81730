-- What is no cache: previews, runs and their journal, decisions. It is kept when the rest
-- of the file is made anew; nothing else needs it to be right.

CREATE TABLE IF NOT EXISTS preview (
  id         TEXT PRIMARY KEY,
  plan       TEXT NOT NULL,
  created_at TEXT NOT NULL,
  plan_file  TEXT NOT NULL,
  document   TEXT NOT NULL -- JSON
) STRICT;

CREATE TABLE IF NOT EXISTS run (
  id          TEXT PRIMARY KEY,
  plan        TEXT NOT NULL,
  preview     TEXT NOT NULL,
  started_at  TEXT NOT NULL,
  finished_at TEXT,
  status      TEXT NOT NULL CONSTRAINT run_status CHECK (status IN ('running', 'done', 'partial', 'failed')),
  result      TEXT          -- JSON
) STRICT;

-- Written ahead: a request's row stands here before it is sent.
CREATE TABLE IF NOT EXISTS journal (
  run        TEXT    NOT NULL REFERENCES run (id),
  seq        INTEGER NOT NULL,
  batch      TEXT    NOT NULL, -- also in NetBox's changelog message, 4.4 on
  method     TEXT    NOT NULL,
  kind       TEXT    NOT NULL,
  objects    TEXT    NOT NULL, -- JSON array of object ids
  sent_at    TEXT    NOT NULL,
  done_at    TEXT,
  status     TEXT    NOT NULL CONSTRAINT journal_status CHECK (status IN ('sent', 'done', 'failed', 'unknown')),
  request_id TEXT,
  error      TEXT,
  PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS journal_request_idx ON journal (request_id) WHERE request_id IS NOT NULL;

CREATE TABLE IF NOT EXISTS decision (
  plan     TEXT NOT NULL,
  kind     TEXT NOT NULL,
  object   TEXT NOT NULL,
  field    TEXT NOT NULL, -- '' for the object as a whole
  class    TEXT NOT NULL,
  decision TEXT NOT NULL,
  rule     TEXT NOT NULL,
  severity TEXT NOT NULL,
  message  TEXT NOT NULL,
  PRIMARY KEY (plan, kind, object, field)
) STRICT, WITHOUT ROWID;
