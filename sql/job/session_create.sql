-- Who is logged in to the pages: what each session holds, under the digest of its token; and what
-- all processes that show pages have to know together, as the key of the form to log in.
CREATE TABLE IF NOT EXISTS diet_session (
  id      TEXT PRIMARY KEY,
  data    BLOB NOT NULL,
  expires INTEGER NOT NULL -- seconds since 1970
) STRICT;
