-- What a notification rule has said about a plan, so that it says it once.
CREATE TABLE notice (
  netbox   TEXT NOT NULL,
  rule     TEXT NOT NULL,
  plan     TEXT COLLATE "C" NOT NULL,
  topic    TEXT COLLATE "C" NOT NULL,
  standing TEXT NOT NULL,
  said     TEXT NOT NULL,
  said_at  TEXT NOT NULL,
  PRIMARY KEY (netbox, rule, plan, topic)
);

-- When the schedule of a plan last had something done.
CREATE TABLE schedule (
  netbox TEXT NOT NULL,
  plan   TEXT COLLATE "C" NOT NULL,
  task   TEXT COLLATE "C" NOT NULL,
  at     TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (netbox, plan, task)
);
