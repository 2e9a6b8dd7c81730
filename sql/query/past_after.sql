-- Forgets what happened after :at to objects.
DELETE FROM past WHERE until > :at;
