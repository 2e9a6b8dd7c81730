-- The lease on a plan, or the hold, as NetBox was last read.
SELECT coalesce(description, '') AS description FROM tag WHERE slug = :slug;
