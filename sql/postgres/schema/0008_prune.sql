-- What is left of runs that were pruned: the requests that NetBox answered.
CREATE TABLE past_request (
  netbox     TEXT NOT NULL,
  request_id TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (netbox, request_id)
);

CREATE INDEX preview_plan_idx ON preview (netbox, plan, created_at);

ALTER TABLE situation ADD COLUMN left_out BIGINT NOT NULL DEFAULT 0;
