-- Asks for every signature of this kind.
UPDATE device SET stale = 1 WHERE stale = 0;
