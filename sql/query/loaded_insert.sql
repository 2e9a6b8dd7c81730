-- Notes what the desired side was made of.
INSERT INTO loaded (plan, uid, stated, frame, marks) VALUES (?, ?, ?, ?, ?);
