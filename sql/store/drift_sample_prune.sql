-- Drops what is older than people want to look back, but for the newest of each plan.
DELETE FROM drift_sample
WHERE netbox = :netbox AND plan = :plan AND at < :before AND at < (
  SELECT max(s.at) FROM drift_sample AS s WHERE s.netbox = :netbox AND s.plan = :plan
);
