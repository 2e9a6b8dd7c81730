-- When each schedule last had something done.
SELECT plan, task, at
FROM schedule
WHERE netbox = :netbox
ORDER BY plan, task;
