-- The objects of a plan that went, and no change says why.
SELECT kind, object FROM lost WHERE plan = :plan ORDER BY kind, object;
