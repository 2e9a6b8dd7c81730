-- Has the versions that ended after :at end then.
UPDATE past SET until = :at WHERE until > :at;
