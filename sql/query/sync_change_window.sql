-- How many changes the mirror has beyond :low, and the newest of them.
SELECT
  count(*) AS n,
  coalesce(max(id), 0) AS top,
  coalesce((SELECT request_id FROM object_change ORDER BY id DESC LIMIT 1), '') AS request_id
FROM object_change
WHERE id > :low;
