-- The want side of the signature of what desired_insert wrote.
INSERT INTO signature (kind, object, id, plan, want)
SELECT v0, v1, v2, v3, v4
FROM temp.incoming
WHERE batch = ?
ON CONFLICT (kind, object) DO UPDATE SET want = excluded.want;
