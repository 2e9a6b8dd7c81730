-- The plan keys that NetBox has, with how many objects each.
SELECT plan, count(*) AS objects
FROM marked
WHERE plan IS NOT NULL AND object IS NOT NULL AND managed
GROUP BY plan
ORDER BY plan;
