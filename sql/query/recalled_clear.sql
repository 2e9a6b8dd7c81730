-- Forgets of which objects all that the changelog says has been read.
DELETE FROM recalled;
