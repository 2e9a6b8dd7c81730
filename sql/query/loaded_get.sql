-- What the desired side was made of.
SELECT plan, uid, stated, frame, marks FROM loaded;
