-- The digests of what the last diff wanted, by row.
SELECT rowid, stated, digest FROM desired;
