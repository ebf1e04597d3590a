-- Tenantry's own state. Instants are milliseconds since 1970 in UTC; ids are the identity provider's own strings.

CREATE TABLE sessions (
    id TEXT PRIMARY KEY NOT NULL,           -- SHA-256 of the secret in the browser's cookie
    user_id TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT,
    picture TEXT,
    tenant_id TEXT,
    tenant_name TEXT,
    roles TEXT NOT NULL,                    -- names, separated by commas
    subscription TEXT,                      -- plan;end;status
    provider_session TEXT,
    began_at INTEGER NOT NULL,
    refreshed_at INTEGER NOT NULL,          -- when roles and subscription were last read at the provider
    idle_until INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    claims TEXT NOT NULL,                   -- JSON
    CHECK ((tenant_id IS NULL) = (tenant_name IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_of_user ON sessions (user_id);
CREATE INDEX sessions_under_tenant ON sessions (tenant_id) WHERE tenant_id IS NOT NULL;
CREATE INDEX sessions_by_end ON sessions (idle_until);

CREATE TABLE conversions (
    holder TEXT PRIMARY KEY NOT NULL,       -- person:ID or tenant:ID
    revision INTEGER NOT NULL,
    conversion TEXT NOT NULL,               -- JSON
    unattended INTEGER NOT NULL,            -- 1 while it waits for nobody but a provider
    saved_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX unattended_conversions ON conversions (saved_at) WHERE unattended = 1;

CREATE TABLE spent_login_attempts (
    state TEXT PRIMARY KEY NOT NULL,        -- SHA-256 of the attempt's state
    forget_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX spent_login_attempts_by_end ON spent_login_attempts (forget_at);

CREATE TABLE test_checkouts (
    id TEXT PRIMARY KEY NOT NULL,
    user_id TEXT NOT NULL,
    conversion_id TEXT NOT NULL,
    plan TEXT NOT NULL,
    dollars INTEGER NOT NULL,
    paid_at INTEGER,
    UNIQUE (user_id, conversion_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE secrets (
    name TEXT PRIMARY KEY NOT NULL,
    secret BLOB NOT NULL
) STRICT, WITHOUT ROWID;
