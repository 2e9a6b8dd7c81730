DELETE FROM diet_session WHERE id = $1;
