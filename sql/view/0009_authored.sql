-- The changelog with who did it. actor is diet where the change is one of a request
-- of diet's: by the journal, or by the message that some row of the request bears
-- (what NetBox did along with it bears none). person is everybody else.
CREATE VIEW authored AS
SELECT
  c.id,
  c.object_type,
  c.object_id,
  c.diet_id,
  c.action,
  c.fields,
  c.request_id,
  CASE
    WHEN c.message LIKE 'diet %'
      OR EXISTS (SELECT 1 FROM journal AS j WHERE j.request_id = c.request_id)
      OR EXISTS (SELECT 1 FROM object_change AS m WHERE m.request_id = c.request_id AND m.message LIKE 'diet %')
    THEN 'diet'
    ELSE 'person'
  END AS actor,
  c.user_name AS user,
  c.time,
  c.message
FROM object_change AS c;
