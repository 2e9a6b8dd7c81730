-- How each plan stood whenever it was checked for drift, for plots over time.
CREATE TABLE drift_sample (
  netbox    TEXT    NOT NULL,
  plan      TEXT    NOT NULL,
  at        TEXT    NOT NULL, -- of this machine's clock
  status    TEXT    NOT NULL, -- as diet status has it
  objects   INTEGER NOT NULL, -- of the plan, in NetBox
  pending   INTEGER NOT NULL, -- changes that an apply would write
  modified  INTEGER NOT NULL,
  missing   INTEGER NOT NULL,
  orphaned  INTEGER NOT NULL,
  unmanaged INTEGER NOT NULL, -- edits of fields that no plan owns
  released  INTEGER NOT NULL, -- objects that a person took over
  conflicts INTEGER NOT NULL,
  accepted  INTEGER NOT NULL, -- differences that a person let stand
  PRIMARY KEY (netbox, plan, at)
) STRICT, WITHOUT ROWID;
