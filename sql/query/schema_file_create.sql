-- Which files under sql/schema were run, and the digests of their texts.
CREATE TABLE IF NOT EXISTS schema_file (
  name TEXT PRIMARY KEY,
  hash TEXT NOT NULL
) STRICT;
