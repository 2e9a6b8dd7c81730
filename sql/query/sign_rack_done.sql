-- All signatures of this kind are made.
UPDATE rack SET stale = 0 WHERE stale = 1;
