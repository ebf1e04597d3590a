-- Whom the identity provider has logged out, for as long as a login that was under way then could still complete.

CREATE TABLE provider_logouts (
    whom TEXT PRIMARY KEY NOT NULL,         -- session:SID or user:ID, of the provider's
    at INTEGER NOT NULL,
    forget_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX provider_logouts_by_end ON provider_logouts (forget_at);

CREATE INDEX sessions_at_provider ON sessions (provider_session) WHERE provider_session IS NOT NULL;
