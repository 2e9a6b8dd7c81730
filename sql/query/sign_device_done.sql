-- All signatures of this kind are made.
UPDATE device SET stale = 0 WHERE stale = 1;
