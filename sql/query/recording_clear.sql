-- What changes is not recorded any more.
DELETE FROM recording;
