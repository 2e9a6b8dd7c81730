-- One device that a plan wants. :id is the NetBox id of the device that bears
-- the object id, or NULL.
INSERT INTO desired_device (object, plan, source, id, fields, initial)
VALUES (:object, :plan, :source, :id, :fields, :initial);
