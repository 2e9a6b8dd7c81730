-- Forgets the last diff.
DELETE FROM difference;
