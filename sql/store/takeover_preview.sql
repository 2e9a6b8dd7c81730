-- Takes the previews over.
INSERT INTO main.preview (id, netbox, plan, created_at, plan_file, document)
SELECT id, :netbox, plan, created_at, plan_file, document
FROM mirror.preview
WHERE true
ON CONFLICT DO NOTHING;
