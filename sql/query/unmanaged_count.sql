-- How many changes people made to unowned fields of a plan's objects.
SELECT count(*)
FROM unmanaged
WHERE plan = :plan;
