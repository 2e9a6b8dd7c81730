-- What a mirror of some sites holds. scope_site are the sites that it reads whole, scope_read
-- the racks and devices in them of which it has read what they hold, scope_outside what it
-- has lately found to be elsewhere. All are empty where the mirror holds everything.
CREATE TABLE scope_site (id INTEGER PRIMARY KEY) STRICT;

CREATE TABLE scope_read (
  kind TEXT    NOT NULL,
  id   INTEGER NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE scope_outside (
  kind         TEXT    NOT NULL,
  id           INTEGER NOT NULL,
  last_updated TEXT,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
