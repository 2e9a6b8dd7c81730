-- The digests of what the last diff wanted, by row; open is what is not in NetBox yet, or
-- refers to such.
SELECT rowid, stated, digest, id IS NULL OR pending AS open FROM desired;
