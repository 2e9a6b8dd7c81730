-- All signatures of this kind are made.
UPDATE cable SET stale = 0 WHERE stale = 1;
