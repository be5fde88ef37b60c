-- Roles, the one clock, and the scope of a console transaction.
--
-- aw_owner   owns every table; used by migrations only.
-- aw_worker  the services: sees every company by explicit policies.
-- aw_console the API: sees only the companies in the transaction-local setting aw.companies.

DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['aw_owner', 'aw_worker', 'aw_console'] LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
            END IF;
        EXCEPTION
            -- Another database of this cluster is being migrated at the same moment.
            WHEN duplicate_object OR unique_violation THEN NULL;
        END;
        BEGIN
            IF NOT pg_has_role(current_user, wanted, 'MEMBER') THEN
                EXECUTE format('GRANT %I TO CURRENT_USER', wanted);
            END IF;
        EXCEPTION
            WHEN unique_violation THEN NULL;
        END;
    END LOOP;
END
$$;

GRANT USAGE, CREATE ON SCHEMA public TO aw_owner;
GRANT USAGE ON SCHEMA public TO aw_worker, aw_console;

SET ROLE aw_owner;

-- Moves the clock of every process at once; written by tests only, so nobody else may write it.
CREATE TABLE clock_offset (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    value interval NOT NULL
);
GRANT SELECT ON clock_offset TO aw_worker, aw_console;

-- What processes must agree on (leases, heartbeats, rate buckets, due checks) uses this clock.
CREATE FUNCTION aw_now() RETURNS timestamptz
LANGUAGE sql VOLATILE PARALLEL SAFE
RETURN clock_timestamp() + coalesce((SELECT value FROM clock_offset), interval '0');

-- The companies that this transaction may see. Unset or empty: none.
CREATE FUNCTION aw_companies() RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(nullif(current_setting('aw.companies', true), ''), '{}')::text[];

-- Puts a table under row-level security: workers see all rows, the console those of its companies.
CREATE FUNCTION aw_protect(protected regclass, console_may text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', protected);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', protected);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO aw_worker', protected);
    EXECUTE format('CREATE POLICY worker ON %s TO aw_worker USING (true) WITH CHECK (true)', protected);
    IF console_may <> '' THEN
        EXECUTE format('GRANT %s ON %s TO aw_console', console_may, protected);
        EXECUTE format(
            'CREATE POLICY console ON %s TO aw_console USING (company_id = ANY ((SELECT aw_companies())::text[])) '
            'WITH CHECK (company_id = ANY ((SELECT aw_companies())::text[]))', protected);
    END IF;
END
$$;
REVOKE ALL ON FUNCTION aw_protect(regclass, text) FROM PUBLIC;

RESET ROLE;
