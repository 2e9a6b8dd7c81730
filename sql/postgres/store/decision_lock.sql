-- One process at a time replaces decisions: two that insert the same ones in another order
-- would wait for each other for ever.
LOCK TABLE decision IN SHARE ROW EXCLUSIVE MODE;
