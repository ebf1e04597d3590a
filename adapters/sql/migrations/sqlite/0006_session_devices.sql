-- With what and from where each session was last used: words of ours and a network, never what the browser sent.

CREATE TABLE session_devices (
    session_id TEXT PRIMARY KEY NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    name TEXT NOT NULL,                     -- Firefox on Linux
    network TEXT,                           -- 203.0.113.x
    used_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
