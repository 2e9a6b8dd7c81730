-- What the mirror kept is in the store now.
DROP TABLE IF EXISTS journal;
DROP TABLE IF EXISTS run;
DROP TABLE IF EXISTS preview;
DROP TABLE IF EXISTS decision;
