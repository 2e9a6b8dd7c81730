-- What a notification rule has said about a plan, so that it says it once. standing and said are
-- JSON objects: a text for people by what it is about.
CREATE TABLE notice (
  netbox   TEXT NOT NULL,
  rule     TEXT NOT NULL,
  plan     TEXT NOT NULL,
  topic    TEXT NOT NULL,
  standing TEXT NOT NULL, -- what there is by now
  said     TEXT NOT NULL, -- what people were told
  said_at  TEXT NOT NULL, -- '' for never
  PRIMARY KEY (netbox, rule, plan, topic)
) STRICT, WITHOUT ROWID;

-- When the schedule of a plan last had something done.
CREATE TABLE schedule (
  netbox TEXT NOT NULL,
  plan   TEXT NOT NULL,
  task   TEXT NOT NULL, -- sync, check or apply
  at     TEXT NOT NULL,
  PRIMARY KEY (netbox, plan, task)
) STRICT, WITHOUT ROWID;
