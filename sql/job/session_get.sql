SELECT data FROM diet_session WHERE id = $1 AND expires > $2;
