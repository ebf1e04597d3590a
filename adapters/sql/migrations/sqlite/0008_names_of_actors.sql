-- What people called whoever did it, at that time: who has left has no name that could be looked up.

ALTER TABLE audit_log ADD COLUMN actor_name TEXT;   -- NULL in entries from before this migration
