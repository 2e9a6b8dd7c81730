-- What pages need to look a preview through without reading all of it: which rows there are, by
-- what they are filtered and sorted, and what is searched in them. See engine/serve/web/index.go.
CREATE TABLE preview_index (
  preview TEXT    NOT NULL REFERENCES preview (id),
  part    TEXT    NOT NULL,
  seq     INTEGER NOT NULL,
  data    BLOB    NOT NULL,
  PRIMARY KEY (preview, part, seq)
) STRICT, WITHOUT ROWID;
