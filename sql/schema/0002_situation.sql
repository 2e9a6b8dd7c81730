-- What the policies saw and decided, of each preview: to decide it again by other policies.
-- decisions is JSON lines, compressed with gzip; secrets are masked.
CREATE TABLE situation (
  preview    TEXT PRIMARY KEY,
  netbox     TEXT NOT NULL,
  plan       TEXT NOT NULL,
  created_at TEXT NOT NULL,
  decisions  BLOB NOT NULL
) STRICT;

CREATE INDEX situation_plan_idx ON situation (netbox, plan, created_at);
