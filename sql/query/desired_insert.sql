-- Objects that a plan wants.
INSERT INTO desired (kind, object, plan, source, id, owner, fields, initial, pending, want, stated, digest)
SELECT v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11
FROM temp.incoming
WHERE batch = ?
ON CONFLICT (kind, object) DO UPDATE SET
  plan = excluded.plan,
  source = excluded.source,
  id = excluded.id,
  owner = excluded.owner,
  fields = excluded.fields,
  initial = excluded.initial,
  pending = excluded.pending,
  want = excluded.want,
  stated = excluded.stated,
  digest = excluded.digest;
