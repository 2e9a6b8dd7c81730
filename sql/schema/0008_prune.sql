-- What is left of runs that were pruned: the requests that NetBox answered, by which its
-- changes are known as diet's.
CREATE TABLE past_request (
  netbox     TEXT NOT NULL,
  request_id TEXT NOT NULL,
  PRIMARY KEY (netbox, request_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX preview_plan_idx ON preview (netbox, plan, created_at);

-- How many decisions of a preview were not recorded, because it has too many.
ALTER TABLE situation ADD COLUMN left_out INTEGER NOT NULL DEFAULT 0;
