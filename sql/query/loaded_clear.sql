-- Forgets what the desired side was made of.
DELETE FROM loaded;
