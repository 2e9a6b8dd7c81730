-- Forgets what a mirror of some sites has found to be elsewhere.
DELETE FROM scope_outside;
