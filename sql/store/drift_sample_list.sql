-- How a plan stood since :since, the newest :most, in order of time.
SELECT n.*
FROM (
  SELECT s.*
  FROM drift_sample AS s
  WHERE s.netbox = :netbox AND s.plan = :plan AND s.at >= :since
  ORDER BY s.at DESC
  LIMIT :most
) AS n
ORDER BY n.at;
