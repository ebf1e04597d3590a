-- Whether a connection of the tenant's own has brought whoever is signed in: their account is the tenant's. Of the sessions
-- that are there nobody has noted it: they end within a week.

ALTER TABLE sessions ADD COLUMN is_brought INTEGER NOT NULL DEFAULT 0;        -- 1 when it has
ALTER TABLE ended_sessions ADD COLUMN is_brought INTEGER NOT NULL DEFAULT 0;
