DELETE FROM diet_session WHERE expires <= $1;
