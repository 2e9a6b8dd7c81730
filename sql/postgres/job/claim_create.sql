-- The plans that jobs work on, of all processes that share the jobs: a claim counts while its job runs.
CREATE TABLE IF NOT EXISTS diet_claim (
  plan  TEXT COLLATE "C" PRIMARY KEY,
  job   BIGINT NOT NULL,
  token TEXT NOT NULL -- another one each time
);
