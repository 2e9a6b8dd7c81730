-- The want side of the signatures of what desired_insert wrote.
INSERT INTO signature (kind, object, id, plan, want)
SELECT e.value ->> 0, e.value ->> 1, e.value ->> 4, e.value ->> 2, e.value ->> 8
FROM jsonb_each(:rows) AS e
WHERE true
ON CONFLICT (kind, object) DO UPDATE SET want = excluded.want;
