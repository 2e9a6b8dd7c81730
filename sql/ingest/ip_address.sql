-- A page of ip_address objects becomes rows; one that is as it was is left alone: the
-- hash is over the columns, since what NetBox nests in an object, such as names
-- and counts of others, moves without it. :page is NetBox's JSON.
WITH page AS MATERIALIZED (
  SELECT
    e.value ->> '$.id' AS id,
    e.value ->> '$.address' AS address,
    e.value ->> '$.assigned_object_type' AS assigned_object_type,
    e.value ->> '$.assigned_object_id' AS assigned_object_id,
    e.value ->> '$.status.value' AS status,
    e.value ->> '$.dns_name' AS dns_name,
    e.value ->> '$.last_updated' AS last_updated
  FROM jsonb_each(:page, '$.results') AS e
)
INSERT INTO ip_address (
  id,
  address,
  assigned_object_type,
  assigned_object_id,
  status,
  dns_name,
  last_updated,
  hash
)
SELECT
  id,
  address,
  assigned_object_type,
  assigned_object_id,
  status,
  dns_name,
  last_updated,
  diet_hash(address, assigned_object_type, assigned_object_id, status, dns_name, last_updated)
FROM page
WHERE true
ON CONFLICT (id) DO UPDATE SET
  address = excluded.address,
  assigned_object_type = excluded.assigned_object_type,
  assigned_object_id = excluded.assigned_object_id,
  status = excluded.status,
  dns_name = excluded.dns_name,
  last_updated = excluded.last_updated,
  hash = excluded.hash
WHERE hash IS NOT excluded.hash;
