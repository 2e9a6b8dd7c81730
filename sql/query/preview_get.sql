-- One preview by id.
SELECT id, plan, created_at, plan_file, document
FROM preview
WHERE id = :id;
