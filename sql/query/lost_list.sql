-- The objects of plans that disappeared without a change that says why, with the NetBox ids that they had.
SELECT kind, id, object FROM lost WHERE plan IN (SELECT value FROM json_each(:plans)) ORDER BY kind, object;
