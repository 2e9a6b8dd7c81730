-- The holds on plans, as NetBox was last read.
SELECT coalesce(description, '') AS description FROM tag WHERE slug GLOB 'diet-hold-*';
