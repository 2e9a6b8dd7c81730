-- Whether the last diff found anything.
SELECT 1 FROM difference LIMIT 1;
