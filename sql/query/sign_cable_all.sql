-- Asks for every signature of this kind.
UPDATE cable SET stale = 1 WHERE stale = 0;
