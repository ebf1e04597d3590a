-- What was answered to requests of the API that came with a key of their sender's.

CREATE TABLE idempotency_keys (
    user_id TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,              -- SHA-256 of the request
    gives_up_at INTEGER NOT NULL,           -- until then somebody is at work on the answer
    forget_at INTEGER NOT NULL,
    status INTEGER,                         -- NULL as long as there is no answer
    content_type TEXT,
    body TEXT,
    PRIMARY KEY (user_id, key),
    CHECK ((status IS NULL) = (body IS NULL) AND (status IS NULL) = (content_type IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_keys_by_end ON idempotency_keys (forget_at);
