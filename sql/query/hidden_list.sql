-- What objects of plans refer to and NetBox does not show.
SELECT kind, id, plan, referrer, objects FROM hidden ORDER BY kind, id, plan, referrer;
