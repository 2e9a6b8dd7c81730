-- The objects of plans that disappeared without a change that says why.
SELECT kind, object FROM lost WHERE plan IN (SELECT value FROM json_each(:plans)) ORDER BY kind, object;
