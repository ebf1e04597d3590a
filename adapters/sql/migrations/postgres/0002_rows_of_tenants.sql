-- A second net beneath every WHERE: a statement sees, and writes, the rows of the tenant that it is for, whatever else it
-- says. It says so in `tenantry.sees`, for its transaction alone: `tenant:ID`, or `every` where a row is looked for whose
-- tenant is not known yet; without a word there is nothing to be seen. Owners of the tables are bound as well; only roles
-- with SUPERUSER or BYPASSRLS are not.
--
-- Not bound are sessions, which are found by a secret, and looks and logos, which everybody sees who logs in.

CREATE FUNCTION is_seen(tenant TEXT) RETURNS BOOLEAN LANGUAGE sql STABLE
    RETURN current_setting('tenantry.sees', TRUE) IN ('every', 'tenant:' || tenant);

DO $$
DECLARE bound TEXT;
BEGIN
    FOREACH bound IN ARRAY ARRAY['offers', 'domain_proofs', 'sso_requests', 'access_requests', 'admitted_members'] LOOP
        EXECUTE format('CREATE POLICY rows_of_tenants ON %I USING (is_seen(tenant_id))', bound);
    END LOOP;
    -- What belongs to a request is whose that is; and what concerns an account alone is no tenant's.
    CREATE POLICY rows_of_tenants ON sso_people USING (EXISTS (SELECT 1 FROM sso_requests WHERE id = request_id));
    CREATE POLICY rows_of_tenants ON sso_failures USING (EXISTS (SELECT 1 FROM sso_requests WHERE id = request_id));
    CREATE POLICY rows_of_tenants ON audit_log USING (tenant_id IS NULL OR is_seen(tenant_id));
    FOREACH bound IN ARRAY ARRAY['offers', 'domain_proofs', 'sso_requests', 'access_requests', 'admitted_members',
        'sso_people', 'sso_failures', 'audit_log'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', bound);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', bound);
    END LOOP;
END $$;
