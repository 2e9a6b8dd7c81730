-- Which files under sql/postgres/schema were run.
CREATE TABLE IF NOT EXISTS schema_file (
  name TEXT COLLATE "C" PRIMARY KEY,
  hash TEXT NOT NULL
);
