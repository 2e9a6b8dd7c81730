-- Asks for every signature of this kind.
UPDATE rack SET stale = 1 WHERE stale = 0;
