-- Which domains organizations have claimed, and which are proved to be theirs.

CREATE TABLE domain_proofs (
    tenant_id TEXT NOT NULL,
    domain TEXT NOT NULL,                   -- A-label form, lower case
    token TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('claimed', 'proved', 'lapsed')),
    since INTEGER,                          -- of what is proved or lapsed
    missing_since INTEGER,
    claimed_at INTEGER NOT NULL,
    checked_at INTEGER,
    PRIMARY KEY (tenant_id, domain)
) STRICT, WITHOUT ROWID;

-- One organization for each proved domain, whoever looks at the same moment.
CREATE UNIQUE INDEX domain_proofs_proved ON domain_proofs (domain) WHERE state = 'proved';
CREATE INDEX domain_proofs_due ON domain_proofs (state, checked_at);
