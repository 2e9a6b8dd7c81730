-- One preview of a NetBox by id.
SELECT id, netbox, plan, created_at, plan_file, document
FROM preview
WHERE id = :id AND netbox IN ('', :netbox);
