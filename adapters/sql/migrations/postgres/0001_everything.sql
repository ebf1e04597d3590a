-- Tenantry's own state. Instants are milliseconds since 1970 in UTC; ids are the identity provider's own strings, and are
-- compared and sorted byte by byte, whatever the language of the server.

CREATE TABLE sessions (
    id TEXT COLLATE "C" PRIMARY KEY,                -- SHA-256 of the secret in the browser's cookie
    user_id TEXT COLLATE "C" NOT NULL,
    name TEXT NOT NULL,
    email TEXT,
    picture TEXT,
    tenant_id TEXT COLLATE "C",
    tenant_name TEXT,
    roles TEXT NOT NULL,                            -- names, separated by commas
    subscription TEXT,                              -- plan;end;status
    provider_session TEXT COLLATE "C",
    began_at BIGINT NOT NULL,
    refreshed_at BIGINT NOT NULL,                   -- when roles and subscription were last read at the provider
    idle_until BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    is_brought BOOLEAN NOT NULL DEFAULT FALSE,      -- whether a connection of the tenant's own has brought this person
    claims TEXT NOT NULL,                           -- JSON
    CHECK ((tenant_id IS NULL) = (tenant_name IS NULL))
);

CREATE INDEX sessions_of_user ON sessions (user_id);
CREATE INDEX sessions_under_tenant ON sessions (tenant_id) WHERE tenant_id IS NOT NULL;
CREATE INDEX sessions_by_end ON sessions (idle_until);
-- By the domain of the address, of those that are under no tenant.
CREATE INDEX sessions_of_domain ON sessions ((substr(email, strpos(email, '@') + 1))) WHERE tenant_id IS NULL;
CREATE INDEX sessions_at_provider ON sessions (provider_session) WHERE provider_session IS NOT NULL;

-- With what and from where each session was last used: words of ours and a network, never what the browser sent.
CREATE TABLE session_devices (
    session_id TEXT COLLATE "C" PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
    name TEXT NOT NULL,                             -- Firefox on Linux
    network TEXT,                                   -- 203.0.113.x
    used_at BIGINT NOT NULL
);

-- Sessions that ended because of what became of a membership: whoever comes with one is told so, and let in nowhere.
CREATE TABLE ended_sessions (
    id TEXT COLLATE "C" PRIMARY KEY,
    user_id TEXT COLLATE "C" NOT NULL,
    tenant_id TEXT COLLATE "C" NOT NULL,
    tenant_name TEXT NOT NULL,
    is_brought BOOLEAN NOT NULL DEFAULT FALSE,
    forget_at BIGINT NOT NULL                       -- when the session would have ended at the latest
);

CREATE INDEX ended_sessions_by_end ON ended_sessions (forget_at);

-- Whom the identity provider has logged out, for as long as a login that was under way then could still complete.
CREATE TABLE provider_logouts (
    whom TEXT COLLATE "C" PRIMARY KEY,              -- session:SID or user:ID, of the provider's
    at BIGINT NOT NULL,
    forget_at BIGINT NOT NULL
);

CREATE INDEX provider_logouts_by_end ON provider_logouts (forget_at);

CREATE TABLE conversions (
    holder TEXT COLLATE "C" PRIMARY KEY,            -- person:ID or tenant:ID
    revision BIGINT NOT NULL,
    conversion TEXT NOT NULL,                       -- JSON
    unattended BIGINT NOT NULL,                     -- 1 while it waits for nobody but a provider
    saved_at BIGINT NOT NULL
);

CREATE INDEX unattended_conversions ON conversions (saved_at) WHERE unattended = 1;

CREATE TABLE spent_login_attempts (
    state TEXT COLLATE "C" PRIMARY KEY,             -- SHA-256 of the attempt's state
    forget_at BIGINT NOT NULL
);

CREATE INDEX spent_login_attempts_by_end ON spent_login_attempts (forget_at);

CREATE TABLE test_checkouts (
    id TEXT COLLATE "C" PRIMARY KEY,
    user_id TEXT COLLATE "C" NOT NULL,
    conversion_id TEXT COLLATE "C" NOT NULL,
    plan TEXT NOT NULL,
    dollars BIGINT NOT NULL,
    paid_at BIGINT,
    UNIQUE (user_id, conversion_id)
);

CREATE TABLE secrets (
    name TEXT COLLATE "C" PRIMARY KEY,
    secret BYTEA NOT NULL
);

-- Who changed what. Rows are only ever added.
CREATE TABLE audit_log (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    actor_name TEXT,                                -- what people called them at that time
    tenant_id TEXT COLLATE "C",                     -- NULL for what concerns the actor's own account alone
    action TEXT COLLATE "C" NOT NULL,
    subject TEXT NOT NULL
);

CREATE INDEX audit_log_of_tenant ON audit_log (tenant_id, id) WHERE tenant_id IS NOT NULL;
CREATE INDEX audit_log_of_account ON audit_log (actor, id) WHERE tenant_id IS NULL;
CREATE INDEX audit_log_of_actor ON audit_log (tenant_id, actor, action, at) WHERE tenant_id IS NOT NULL;
CREATE INDEX audit_log_of_action ON audit_log (tenant_id, action, at) WHERE tenant_id IS NOT NULL;

-- Invitations as far as the provider can't keep them: who invites, with which words, and how far it has come.
CREATE TABLE offers (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id TEXT COLLATE "C" NOT NULL,
    email TEXT COLLATE "C" NOT NULL,
    invitation_id TEXT COLLATE "C",                 -- NULL as long as nobody knows whether there is one
    ticket_hash TEXT COLLATE "C",
    inviter TEXT COLLATE "C" NOT NULL,
    inviter_name TEXT NOT NULL,
    roles TEXT NOT NULL,                            -- JSON
    message TEXT,
    connection_id TEXT COLLATE "C",
    state TEXT NOT NULL CHECK (state IN ('sending', 'open', 'accepted', 'revoked')),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- One pending invitation for each organization and address, whoever asks at the same moment.
CREATE UNIQUE INDEX offers_pending ON offers (tenant_id, email) WHERE state IN ('sending', 'open');
CREATE UNIQUE INDEX offers_of_invitation ON offers (tenant_id, invitation_id) WHERE invitation_id IS NOT NULL;
CREATE INDEX offers_by_ticket ON offers (tenant_id, ticket_hash) WHERE ticket_hash IS NOT NULL;

-- How organizations look in the product. Name and colours are the provider's, as last read; logos are kept here alone.
CREATE TABLE tenant_looks (
    tenant_id TEXT COLLATE "C" PRIMARY KEY,
    display_name TEXT NOT NULL,
    primary_colour TEXT,                            -- #rrggbb
    background_colour TEXT,
    CHECK ((primary_colour IS NULL) = (background_colour IS NULL))
);

CREATE TABLE tenant_logos (
    tenant_id TEXT COLLATE "C" PRIMARY KEY,
    id TEXT COLLATE "C" NOT NULL UNIQUE,            -- another picture is another id
    picture BYTEA NOT NULL
);

-- What was answered to requests of the API that came with a key of their sender's.
CREATE TABLE idempotency_keys (
    user_id TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    fingerprint TEXT NOT NULL,                      -- SHA-256 of the request
    gives_up_at BIGINT NOT NULL,                    -- until then somebody is at work on the answer
    forget_at BIGINT NOT NULL,
    status BIGINT,                                  -- NULL as long as there is no answer
    content_type TEXT,
    body TEXT,
    PRIMARY KEY (user_id, key),
    CHECK ((status IS NULL) = (body IS NULL) AND (status IS NULL) = (content_type IS NULL))
);

CREATE INDEX idempotency_keys_by_end ON idempotency_keys (forget_at);

-- Which domains organizations have claimed, and which are proved to be theirs.
CREATE TABLE domain_proofs (
    tenant_id TEXT COLLATE "C" NOT NULL,
    domain TEXT COLLATE "C" NOT NULL,               -- A-label form, lower case
    token TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('claimed', 'proved', 'lapsed')),
    since BIGINT,                                   -- of what is proved or lapsed
    missing_since BIGINT,
    claimed_at BIGINT NOT NULL,
    checked_at BIGINT,
    PRIMARY KEY (tenant_id, domain)
);

-- One organization for each proved domain, whoever looks at the same moment.
CREATE UNIQUE INDEX domain_proofs_proved ON domain_proofs (domain) WHERE state = 'proved';
CREATE INDEX domain_proofs_due ON domain_proofs (state, checked_at);

-- Single sign-on: what administrators asked for, and whom the connections that came of it have brought. No secret is here.
CREATE TABLE sso_requests (
    id TEXT COLLATE "C" PRIMARY KEY,
    tenant_id TEXT COLLATE "C" NOT NULL,
    connection TEXT COLLATE "C" UNIQUE,             -- its name at the provider, once there is one
    request TEXT NOT NULL,                          -- JSON
    revision BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    last_login_at BIGINT
);

CREATE INDEX sso_requests_of_tenant ON sso_requests (tenant_id, made_at);

CREATE TABLE sso_people (
    request_id TEXT COLLATE "C" NOT NULL REFERENCES sso_requests (id) ON DELETE CASCADE,
    user_id TEXT COLLATE "C" NOT NULL,
    email TEXT COLLATE "C" NOT NULL,
    client TEXT NOT NULL,                           -- the issuer and the client id with which the person first came
    first_at BIGINT NOT NULL,
    PRIMARY KEY (request_id, user_id)
);

CREATE INDEX sso_people_by_email ON sso_people (request_id, email);

-- The latest logins through a connection that failed: whoever runs the organization finds the number that a person was shown,
-- whoever failed since.
CREATE TABLE sso_failures (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request_id TEXT COLLATE "C" NOT NULL REFERENCES sso_requests (id) ON DELETE CASCADE,
    user_id TEXT COLLATE "C",                       -- as far as anybody was known by then
    fault TEXT NOT NULL,                            -- JSON
    reference TEXT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    times BIGINT NOT NULL
);

CREATE INDEX sso_failures_of_request ON sso_failures (request_id, last_at);

-- Who came through an organization's own login, is no member, and asks to be let in.
CREATE TABLE access_requests (
    tenant_id TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    request_id TEXT COLLATE "C" NOT NULL REFERENCES sso_requests (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    role TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
);

CREATE INDEX access_requests_of_connection ON access_requests (request_id);

-- Whom the product itself knows as members: who was let in through an organization's own connection by its rules, by an
-- Administrator or by an invitation, and who came in another way. What the provider says beyond that may have been given
-- by the login alone, before anybody counted seats.
CREATE TABLE admitted_members (
    tenant_id TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    admitted_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
);
