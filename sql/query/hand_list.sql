-- The users by whom diet wrote, as far as the changelog tells.
SELECT DISTINCT a.user FROM authored AS a WHERE a.actor = 'diet' AND a.message <> '' ORDER BY a.user;
