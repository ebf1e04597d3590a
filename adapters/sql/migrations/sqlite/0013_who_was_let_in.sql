-- Whom the product itself knows as members: who was let in through an organization's own connection by its rules, by an
-- Administrator or by an invitation, and who came in another way. What the provider says beyond that may have been given
-- by the login alone, before anybody counted seats.

CREATE TABLE admitted_members (
    tenant_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    admitted_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
) STRICT, WITHOUT ROWID;

-- Whoever came before this was written down is a member as before.
INSERT OR IGNORE INTO admitted_members (tenant_id, user_id, admitted_at)
    SELECT sso_requests.tenant_id, sso_people.user_id, sso_people.first_at
    FROM sso_people JOIN sso_requests ON sso_requests.id = sso_people.request_id;
INSERT OR IGNORE INTO admitted_members (tenant_id, user_id, admitted_at)
    SELECT tenant_id, user_id, began_at FROM sessions WHERE tenant_id IS NOT NULL AND roles <> '';

-- Whether somebody was refused for the same reason not long ago.
CREATE INDEX audit_log_of_actor ON audit_log (tenant_id, actor, action, at) WHERE tenant_id IS NOT NULL;
