-- When the oldest object of a plan was made in NetBox; '' if it has none.
SELECT coalesce(min(created), '') FROM marked WHERE plan = :plan AND object IS NOT NULL AND managed;
