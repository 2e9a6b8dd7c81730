-- What is no cache, as sql/schema has it for SQLite: the same tables and columns. Times and
-- ids are compared byte by byte, whatever the language of the database.

CREATE TABLE preview (
  id         TEXT COLLATE "C" PRIMARY KEY,
  netbox     TEXT NOT NULL,
  plan       TEXT NOT NULL,
  created_at TEXT COLLATE "C" NOT NULL,
  plan_file  TEXT NOT NULL,
  document   JSON NOT NULL -- not JSONB, which would not keep the text
);

CREATE TABLE run (
  id          TEXT COLLATE "C" PRIMARY KEY,
  netbox      TEXT NOT NULL,
  plan        TEXT NOT NULL,
  preview     TEXT NOT NULL,
  started_at  TEXT COLLATE "C" NOT NULL,
  finished_at TEXT COLLATE "C",
  status      TEXT NOT NULL CONSTRAINT run_status CHECK (status IN ('running', 'done', 'partial', 'failed', 'interrupted', 'law_broken')),
  result      TEXT
);

CREATE TABLE journal (
  run        TEXT COLLATE "C" NOT NULL REFERENCES run (id),
  seq        BIGINT  NOT NULL,
  batch      TEXT    NOT NULL,
  method     TEXT    NOT NULL,
  kind       TEXT    NOT NULL,
  objects    TEXT    NOT NULL,
  payload    TEXT    NOT NULL,
  inverse    TEXT    NOT NULL,
  guarded    BOOLEAN NOT NULL,
  sent_at    TEXT COLLATE "C" NOT NULL,
  done_at    TEXT COLLATE "C",
  status     TEXT    NOT NULL CONSTRAINT journal_status CHECK (status IN ('sent', 'done', 'failed', 'unknown')),
  request_id TEXT COLLATE "C",
  error      TEXT,
  PRIMARY KEY (run, seq)
);

CREATE INDEX run_plan_idx ON run (plan, started_at);
CREATE INDEX journal_request_idx ON journal (request_id) WHERE request_id IS NOT NULL;
CREATE INDEX journal_open_idx ON journal (run, seq) WHERE status IN ('sent', 'unknown');

CREATE TABLE decision (
  netbox   TEXT NOT NULL,
  plan     TEXT NOT NULL,
  kind     TEXT NOT NULL,
  object   TEXT NOT NULL,
  field    TEXT NOT NULL,
  class    TEXT NOT NULL,
  decision TEXT NOT NULL,
  rule     TEXT NOT NULL,
  severity TEXT NOT NULL,
  message  TEXT NOT NULL,
  PRIMARY KEY (netbox, plan, kind, object, field)
);
