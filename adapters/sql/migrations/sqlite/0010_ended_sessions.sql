-- Sessions that ended because of what became of a membership: whoever comes with one is told so, and let in nowhere.

CREATE TABLE ended_sessions (
    id TEXT PRIMARY KEY NOT NULL,
    user_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    tenant_name TEXT NOT NULL,
    forget_at INTEGER NOT NULL              -- when the session would have ended at the latest
) STRICT, WITHOUT ROWID;

CREATE INDEX ended_sessions_by_end ON ended_sessions (forget_at);
