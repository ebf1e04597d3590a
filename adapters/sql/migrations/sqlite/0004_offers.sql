-- Invitations as far as the provider can't keep them: who invites, with which words, and how far it has come.

CREATE TABLE offers (
    id INTEGER PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    email TEXT NOT NULL,
    invitation_id TEXT,                     -- NULL as long as nobody knows whether there is one
    ticket_hash TEXT,
    inviter TEXT NOT NULL,
    inviter_name TEXT NOT NULL,
    roles TEXT NOT NULL,                    -- JSON
    message TEXT,
    connection_id TEXT,
    state TEXT NOT NULL CHECK (state IN ('sending', 'open', 'accepted', 'revoked')),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

-- One pending invitation for each organization and address, whoever asks at the same moment.
CREATE UNIQUE INDEX offers_pending ON offers (tenant_id, email) WHERE state IN ('sending', 'open');
CREATE UNIQUE INDEX offers_of_invitation ON offers (tenant_id, invitation_id) WHERE invitation_id IS NOT NULL;
CREATE INDEX offers_by_ticket ON offers (tenant_id, ticket_hash) WHERE ticket_hash IS NOT NULL;
