-- What objects of a plan want, once more of what they refer to is found. The next diff makes
-- them anew.
UPDATE desired
SET
  fields = s.v0,
  initial = s.v1,
  pending = s.v2,
  want = s.v3,
  stated = desired.rowid,
  digest = desired.rowid
FROM temp.incoming AS s
WHERE s.batch = ? AND desired.kind = s.v4 AND desired.object = s.v5;
