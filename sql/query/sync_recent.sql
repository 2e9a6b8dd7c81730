-- How many objects of :kind were updated at :since or later.
SELECT count(*) FROM mirrored WHERE kind = :kind AND last_updated >= :since;
