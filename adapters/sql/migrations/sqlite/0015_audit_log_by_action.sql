-- What is told to Administrators is found by what it is, however much else was done since.

CREATE INDEX audit_log_of_action ON audit_log (tenant_id, action, at) WHERE tenant_id IS NOT NULL;
