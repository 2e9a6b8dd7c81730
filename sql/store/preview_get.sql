-- One preview by id, of a NetBox or, with '', of any.
SELECT id, netbox, plan, created_at, plan_file, document
FROM preview
WHERE id = :id AND (:netbox = '' OR netbox IN ('', :netbox));
