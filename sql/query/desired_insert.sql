-- An object that a plan wants.
INSERT INTO desired (kind, object, plan, source, id, owner, fields, initial, pending, want, stated, digest)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
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
