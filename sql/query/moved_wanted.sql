-- What the objects whose marks have moved were on the desired side of the last diff.
SELECT m.kind, m.id, m.object
FROM moved AS m
JOIN desired AS d ON d.kind = m.kind AND d.object = m.object AND d.id = m.id
WHERE m.plan = d.plan;
