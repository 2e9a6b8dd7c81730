-- Forgets what is there again, and what a change that was seen later explains.
DELETE FROM lost
WHERE EXISTS (SELECT 1 FROM marked AS o WHERE o.kind = lost.kind AND o.object = lost.object)
   OR EXISTS (
     SELECT 1
     FROM object_change AS c
     JOIN kind AS k ON k.object_type = c.object_type
     WHERE k.name = lost.kind AND c.object_id = lost.id AND c.action = 'delete'
   );
