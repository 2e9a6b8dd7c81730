-- Forgets what NetBox did not show.
DELETE FROM hidden;
