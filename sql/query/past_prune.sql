-- Forgets what objects were before :before.
DELETE FROM past WHERE until < :before;
