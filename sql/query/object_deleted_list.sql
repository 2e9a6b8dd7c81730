-- The diet ids of which the changelog has a deletion, by type.
SELECT DISTINCT object_type AS type, diet_id AS object FROM object_change WHERE diet_id IS NOT NULL AND action = 'delete';
