-- The latest logins through a connection that failed: whoever runs the organization finds the number that a person was shown,
-- whoever failed since.

CREATE TABLE sso_failures (
    id INTEGER NOT NULL PRIMARY KEY,
    request_id TEXT NOT NULL REFERENCES sso_requests (id) ON DELETE CASCADE,
    user_id TEXT,                           -- as far as anybody was known by then
    fault TEXT NOT NULL,                    -- JSON
    reference TEXT NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    times INTEGER NOT NULL
) STRICT;

CREATE INDEX sso_failures_of_request ON sso_failures (request_id, last_at);

INSERT INTO sso_failures (request_id, fault, reference, first_at, last_at, times)
SELECT id, fault, reference, failed_at, failed_at, 1 FROM sso_requests
WHERE failed_at IS NOT NULL AND fault IS NOT NULL AND reference IS NOT NULL;

ALTER TABLE sso_requests DROP COLUMN failed_at;
ALTER TABLE sso_requests DROP COLUMN fault;
ALTER TABLE sso_requests DROP COLUMN reference;
