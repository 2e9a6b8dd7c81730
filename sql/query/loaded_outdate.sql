-- Has the next diff look for rows of the desired side that are to be made anew.
UPDATE loaded SET stated = 0;
