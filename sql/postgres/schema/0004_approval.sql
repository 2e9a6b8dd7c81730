-- The approvals of previews, one a key: a statement and its signature.
CREATE TABLE approval (
  preview  TEXT COLLATE "C" NOT NULL REFERENCES preview (id),
  signer   TEXT COLLATE "C" NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (preview, signer)
);
