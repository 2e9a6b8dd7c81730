-- Forgets the changes from before :before, up to :low, beyond which the changelog is read
-- again. What tells that somebody else deleted an object of a plan is kept: it keeps diet
-- from making it again unasked.
DELETE FROM object_change
WHERE id < :low
  AND time < :before
  AND (action <> 'delete' OR diet_id IS NULL OR request_id IN (SELECT request_id FROM own_request));
