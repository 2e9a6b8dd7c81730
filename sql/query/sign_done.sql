-- All signatures of a kind are made.
UPDATE {{.Kind.Name}} SET stale = 0 WHERE stale = 1;
