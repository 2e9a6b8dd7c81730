-- Forgets the decisions of a plan's last diff.
DELETE FROM decision WHERE plan = :plan;
