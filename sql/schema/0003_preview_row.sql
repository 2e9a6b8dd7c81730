-- The lists of a preview, an item a row: as one text those of a million changes come near
-- SQLite's limit. A preview of an earlier diet has them in its document.
CREATE TABLE preview_row (
  preview  TEXT    NOT NULL REFERENCES preview (id),
  part     TEXT    NOT NULL, -- the list
  seq      INTEGER NOT NULL,
  document TEXT    NOT NULL, -- JSON
  PRIMARY KEY (preview, part, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX run_preview_idx ON run (preview);
