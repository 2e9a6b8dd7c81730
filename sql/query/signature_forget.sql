-- Takes the want side off the signatures of what desired_delete forgot.
UPDATE signature SET want = NULL WHERE (kind, object) IN (SELECT v0, v1 FROM temp.incoming WHERE batch = ?);
