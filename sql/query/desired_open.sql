-- As desired_stated, but desired_digest of what is not in NetBox yet, or refers to such.
SELECT rowid, CASE WHEN id IS NULL OR pending THEN digest ELSE stated END AS digest FROM desired;
