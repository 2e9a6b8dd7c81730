-- How many objects of a kind were updated at :since or later.
SELECT count(*) FROM {{.Kind.Name}} WHERE last_updated >= :since;
