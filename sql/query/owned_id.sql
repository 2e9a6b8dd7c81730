-- The NetBox ids of a plan's objects (two with one object id are two rows), and of
-- objects with its marks. managed is 0 if a person took the object over.
SELECT
  {{template "marks"}}
FROM marked AS o
WHERE o.plan = :plan AND o.object IS NOT NULL OR o.shown_plan = :plan AND o.shown_object IS NOT NULL;
