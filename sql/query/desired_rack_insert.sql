-- One rack that a plan wants. :id is the NetBox id of the rack that bears
-- the object id, or NULL.
INSERT INTO desired_rack (object, plan, source, id, fields, initial)
VALUES (:object, :plan, :source, :id, :fields, :initial);
