-- Asks for every signature of this kind.
UPDATE interface SET stale = 1 WHERE stale = 0;
