-- Single sign-on: what administrators asked for, and whom the connections that came of it have brought. No secret is here.

CREATE TABLE sso_requests (
    id TEXT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    connection TEXT UNIQUE,                 -- its name at the provider, once there is one
    request TEXT NOT NULL,                  -- JSON
    revision INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    last_login_at INTEGER,
    failed_at INTEGER,
    fault TEXT,                             -- JSON
    reference TEXT
) STRICT;

CREATE INDEX sso_requests_of_tenant ON sso_requests (tenant_id, made_at);

CREATE TABLE sso_people (
    request_id TEXT NOT NULL REFERENCES sso_requests (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL,
    email TEXT NOT NULL,
    client TEXT NOT NULL,                   -- the issuer and the client id with which the person first came
    first_at INTEGER NOT NULL,
    PRIMARY KEY (request_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX sso_people_by_email ON sso_people (request_id, email);
