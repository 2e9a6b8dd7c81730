-- Notes what NetBox does not show, and who refers to it.
INSERT INTO hidden (kind, id, plan, referrer, objects)
VALUES (:kind, :id, :plan, :referrer, :objects)
ON CONFLICT (kind, id, plan, referrer) DO UPDATE SET objects = objects + excluded.objects;
