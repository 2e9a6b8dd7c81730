-- How many objects of a plan have drifted.
SELECT count(DISTINCT kind || object)
FROM drift
WHERE plan = :plan;
