-- Objects that a plan wants, as JSON lists of the columns.
INSERT INTO desired (kind, object, plan, source, id, owner, fields, initial, want, digest)
SELECT
  e.value ->> 0,
  e.value ->> 1,
  e.value ->> 2,
  e.value ->> 3,
  e.value ->> 4,
  e.value ->> 5,
  e.value -> 6,
  e.value -> 7,
  e.value ->> 8,
  e.value ->> 9
FROM jsonb_each(:rows) AS e
WHERE true
ON CONFLICT (kind, object) DO UPDATE SET
  plan = excluded.plan,
  source = excluded.source,
  id = excluded.id,
  owner = excluded.owner,
  fields = excluded.fields,
  initial = excluded.initial,
  want = excluded.want,
  digest = excluded.digest;
