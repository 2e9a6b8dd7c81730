-- The lists of a preview, an item a row.
CREATE TABLE preview_row (
  preview  TEXT COLLATE "C" NOT NULL REFERENCES preview (id),
  part     TEXT COLLATE "C" NOT NULL,
  seq      BIGINT NOT NULL,
  document TEXT   NOT NULL,
  PRIMARY KEY (preview, part, seq)
);

CREATE INDEX run_preview_idx ON run (preview);
