-- The plans that NetBox has objects of: a uid tells those of one key apart, and is empty
-- where a plan has none.
SELECT DISTINCT plan, uid
FROM marked
WHERE plan IS NOT NULL AND object IS NOT NULL AND managed
ORDER BY plan, uid;
