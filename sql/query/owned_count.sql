-- How many objects of each kind a plan owns in NetBox.
SELECT kind, count(*) AS n
FROM owned
WHERE plan = :plan AND object IS NOT NULL AND managed
GROUP BY kind
ORDER BY kind;
