-- The approvals of previews, one a key: a statement and its signature.
CREATE TABLE approval (
  preview  TEXT NOT NULL REFERENCES preview (id),
  signer   TEXT NOT NULL, -- the fingerprint of the key
  document TEXT NOT NULL, -- JSON
  PRIMARY KEY (preview, signer)
) STRICT, WITHOUT ROWID;
