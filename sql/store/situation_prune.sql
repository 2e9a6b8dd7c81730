-- Leaves the newest of a plan.
DELETE FROM situation
WHERE netbox = :netbox AND plan = :plan AND preview NOT IN (
  SELECT s.preview FROM situation AS s
  WHERE s.netbox = :netbox AND s.plan = :plan
  ORDER BY s.created_at DESC, s.preview DESC
  LIMIT :newest
);
