-- The slugs of tags by name: the changelog names tags.
SELECT name, slug FROM tag;
