-- Records that a file was run.
INSERT INTO schema_file (name, hash) VALUES (:name, :hash)
ON CONFLICT (name) DO UPDATE SET hash = excluded.hash;
