-- A preview, stored to be applied by its id.
INSERT INTO preview (id, plan, created_at, plan_file, document)
VALUES (:id, :plan, :created_at, :plan_file, :document);
