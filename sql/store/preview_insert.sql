-- A preview, stored to be applied by its id.
INSERT INTO preview (id, netbox, plan, created_at, plan_file, document)
VALUES (:id, :netbox, :plan, :created_at, :plan_file, :document);
