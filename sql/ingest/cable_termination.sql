-- A page of cable_termination objects becomes rows; one that is as it was is left alone: the
-- hash is over the columns, since what NetBox nests in an object, such as names
-- and counts of others, moves without it. :page is NetBox's JSON.
WITH page AS MATERIALIZED (
  SELECT
    e.value ->> '$.id' AS id,
    e.value ->> '$.cable' AS cable_id,
    e.value ->> '$.cable_end' AS cable_end,
    e.value ->> '$.termination_type' AS termination_type,
    e.value ->> '$.termination_id' AS termination_id,
    e.value ->> '$.last_updated' AS last_updated
  FROM jsonb_each(:page, '$.results') AS e
)
INSERT INTO cable_termination (
  id,
  cable_id,
  cable_end,
  termination_type,
  termination_id,
  last_updated,
  hash
)
SELECT
  id,
  cable_id,
  cable_end,
  termination_type,
  termination_id,
  last_updated,
  diet_hash(cable_id, cable_end, termination_type, termination_id, last_updated)
FROM page
WHERE true
ON CONFLICT (id) DO UPDATE SET
  cable_id = excluded.cable_id,
  cable_end = excluded.cable_end,
  termination_type = excluded.termination_type,
  termination_id = excluded.termination_id,
  last_updated = excluded.last_updated,
  hash = excluded.hash
WHERE hash IS NOT excluded.hash;
