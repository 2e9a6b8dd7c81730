-- Forgets the decisions of a plan's last diff.
DELETE FROM decision WHERE netbox = :netbox AND plan = :plan;
