-- Takes the want side off the signature of what desired_delete forgot.
UPDATE signature SET want = NULL WHERE kind = ? AND object = ?;
