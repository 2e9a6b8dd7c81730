-- Whether a kind has any object with an id from :first to :last.
SELECT EXISTS (SELECT 1 FROM {{.Kind.Name}} WHERE id BETWEEN :first AND :last);
