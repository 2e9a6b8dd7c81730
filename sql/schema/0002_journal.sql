-- Runs and their requests, with the NetBox that they are of, and what each request does
-- and what would undo it. (SQLite alters no constraint: the tables are made anew.)

CREATE TABLE run_before AS SELECT * FROM run;
CREATE TABLE journal_before AS SELECT * FROM journal;
DROP TABLE journal;
DROP TABLE run;

CREATE TABLE run (
  id          TEXT PRIMARY KEY,
  netbox      TEXT NOT NULL, -- its address; '' where an older diet did not note it
  plan        TEXT NOT NULL,
  preview     TEXT NOT NULL,
  started_at  TEXT NOT NULL,
  finished_at TEXT,
  status      TEXT NOT NULL CONSTRAINT run_status CHECK (status IN ('running', 'done', 'partial', 'failed', 'interrupted', 'law_broken')),
  result      TEXT           -- JSON
) STRICT;

-- Written ahead: a request's row stands here before it is sent.
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

INSERT INTO run (id, netbox, plan, preview, started_at, finished_at, status, result)
SELECT id, '', plan, preview, started_at, finished_at, status, result FROM run_before;
INSERT INTO journal (run, seq, batch, method, kind, objects, payload, inverse, guarded, sent_at, done_at, status, request_id, error)
SELECT run, seq, batch, method, kind, objects, '[]', '[]', 0, sent_at, done_at, status, request_id, error FROM journal_before;
DROP TABLE journal_before;
DROP TABLE run_before;

CREATE INDEX journal_request_idx ON journal (request_id) WHERE request_id IS NOT NULL;
CREATE INDEX journal_open_idx ON journal (run, seq) WHERE status IN ('sent', 'unknown');
