-- How each plan stood whenever it was checked for drift, for plots over time.
CREATE TABLE drift_sample (
  netbox    TEXT NOT NULL,
  plan      TEXT NOT NULL,
  at        TEXT COLLATE "C" NOT NULL,
  status    TEXT NOT NULL,
  objects   BIGINT NOT NULL,
  pending   BIGINT NOT NULL,
  modified  BIGINT NOT NULL,
  missing   BIGINT NOT NULL,
  orphaned  BIGINT NOT NULL,
  unmanaged BIGINT NOT NULL,
  released  BIGINT NOT NULL,
  conflicts BIGINT NOT NULL,
  accepted  BIGINT NOT NULL,
  PRIMARY KEY (netbox, plan, at)
);
