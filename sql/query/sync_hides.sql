-- Whether NetBox had something at the last sync that the token does not see, or may have: an object that others refer to, or one
-- of a plan that went without a change.
SELECT EXISTS (SELECT 1 FROM hidden) OR EXISTS (SELECT 1 FROM lost);
