-- The want side of the signatures.
INSERT INTO signature (kind, object, id, plan, want)
SELECT d.kind, d.object, d.id, d.plan, d.want
FROM desired AS d
WHERE true
ORDER BY d.kind, d.object
ON CONFLICT (kind, object) DO UPDATE SET want = excluded.want;
