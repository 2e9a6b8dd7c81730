-- When each process that takes jobs was last alive, by the clock of the database.
CREATE TABLE IF NOT EXISTS diet_worker (
  id   TEXT PRIMARY KEY,
  seen INTEGER NOT NULL -- milliseconds since 1970
) STRICT;
