-- A schedule has something done.
INSERT INTO schedule (netbox, plan, task, at)
VALUES (:netbox, :plan, :task, :at)
ON CONFLICT (netbox, plan, task) DO UPDATE SET at = excluded.at;
