-- Forgets the want side of the last diff.
UPDATE signature SET want = NULL WHERE want IS NOT NULL;
