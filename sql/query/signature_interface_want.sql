-- The want side of the signatures, over the fields that the plan states, less
-- the released ones.
INSERT INTO signature (kind, object, id, plan, want)
SELECT 'interface', d.object, d.id, d.plan, diet_sign(d.fields, coalesce(o.released, '{}'), d.fields)
FROM desired_interface AS d
LEFT JOIN interface AS o ON o.id = d.id
WHERE true
ORDER BY d.object
ON CONFLICT (kind, object) DO UPDATE SET want = excluded.want;
