-- What people wrote in fields of a plan's objects that nobody owns, in no order: to sort the view
-- takes SQLite three times as long to compile.
SELECT kind, object, id, coalesce(name, '') AS name, field, have, user, time, message
FROM unmanaged
WHERE plan = :plan;
