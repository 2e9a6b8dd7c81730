-- Sites that the mirror reads whole no more: all but :ids, a JSON array.
DELETE FROM scope_site WHERE id NOT IN (SELECT value FROM json_each(:ids));
