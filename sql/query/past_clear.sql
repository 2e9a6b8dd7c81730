-- Forgets what objects were.
DELETE FROM past;
