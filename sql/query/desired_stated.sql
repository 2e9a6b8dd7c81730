-- The digests of what the plan stated of what the last diff wanted, by row.
SELECT rowid, stated FROM desired;
