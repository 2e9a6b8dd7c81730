-- The objects of a plan that disappeared without a change that says why.
SELECT kind, object FROM lost WHERE plan = :plan ORDER BY kind, object;
