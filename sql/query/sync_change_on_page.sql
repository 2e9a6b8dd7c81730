-- The request of change :id on a page of the changelog, NetBox's JSON.
SELECT e.value ->> '$.request_id' AS request_id
FROM jsonb_each(:page, '$.results') AS e
WHERE e.value ->> '$.id' = :id;
