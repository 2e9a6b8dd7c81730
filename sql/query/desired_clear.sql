-- Forgets what the last diff wanted.
DELETE FROM desired;
