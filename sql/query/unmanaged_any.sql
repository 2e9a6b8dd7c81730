-- Whether somebody else than diet has edited an object of a kind that diet owns: else the view
-- unmanaged, which takes long to compile, has nothing.
WITH RECURSIVE {{template "requests"}}
SELECT EXISTS (
  SELECT 1
  FROM request AS r
  CROSS JOIN object_change AS c ON c.request_id = r.id
  WHERE NOT EXISTS (SELECT 1 FROM own_request AS o WHERE o.request_id = r.id)
    AND c.action = 'update'
    AND c.object_type IN (SELECT object_type FROM kind WHERE owned)
) AS edited;
