-- What pages need to look a preview through without reading all of it.
CREATE TABLE preview_index (
  preview TEXT COLLATE "C" NOT NULL REFERENCES preview (id),
  part    TEXT COLLATE "C" NOT NULL,
  seq     BIGINT NOT NULL,
  data    BYTEA  NOT NULL,
  PRIMARY KEY (preview, part, seq)
);
