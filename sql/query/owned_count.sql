-- How many objects of each kind a plan owns in NetBox.
SELECT 'rack' AS kind, count(*) AS n FROM rack WHERE plan = :plan AND coalesce(managed, 1)
UNION ALL
SELECT 'device', count(*) FROM device WHERE plan = :plan AND coalesce(managed, 1)
UNION ALL
SELECT 'interface', count(*) FROM interface WHERE plan = :plan AND coalesce(managed, 1)
UNION ALL
SELECT 'cable', count(*) FROM cable WHERE plan = :plan AND coalesce(managed, 1)
ORDER BY kind;
