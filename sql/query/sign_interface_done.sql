-- All signatures of this kind are made.
UPDATE interface SET stale = 0 WHERE stale = 1;
