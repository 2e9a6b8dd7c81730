-- The digests of what the last diff wanted, by row.
SELECT rowid, digest FROM desired;
