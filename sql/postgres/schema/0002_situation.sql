-- What the policies saw and decided, of each preview.
CREATE TABLE situation (
  preview    TEXT COLLATE "C" PRIMARY KEY,
  netbox     TEXT NOT NULL,
  plan       TEXT NOT NULL,
  created_at TEXT COLLATE "C" NOT NULL,
  decisions  BYTEA NOT NULL
);

CREATE INDEX situation_plan_idx ON situation (netbox, plan, created_at);
