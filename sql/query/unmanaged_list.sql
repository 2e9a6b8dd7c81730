-- What people wrote in fields of a plan's objects that nobody owns.
SELECT kind, object, coalesce(name, '') AS name, field, have, user, time, message
FROM unmanaged
WHERE plan = :plan
ORDER BY kind, object, field;
