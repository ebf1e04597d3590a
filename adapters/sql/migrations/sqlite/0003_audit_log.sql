-- Who changed what. Rows are only ever added.

CREATE TABLE audit_log (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    tenant_id TEXT,                         -- NULL for what concerns the actor's own account alone
    action TEXT NOT NULL,
    subject TEXT NOT NULL
) STRICT;

CREATE INDEX audit_log_of_tenant ON audit_log (tenant_id, id) WHERE tenant_id IS NOT NULL;
CREATE INDEX audit_log_of_account ON audit_log (actor, id) WHERE tenant_id IS NULL;
