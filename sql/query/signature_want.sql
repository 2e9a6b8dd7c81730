-- The want side of the signature of what desired_insert wrote.
INSERT INTO signature (kind, object, id, plan, want)
VALUES (?, ?, ?, ?, ?)
ON CONFLICT (kind, object) DO UPDATE SET want = excluded.want;
