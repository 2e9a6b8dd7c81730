-- diet's tables are in a schema of their own, unless the address names another one
-- (search_path) that is there.
DO $$
BEGIN
  IF current_schema() IS NULL THEN
    CREATE SCHEMA diet;
  END IF;
END
$$;
