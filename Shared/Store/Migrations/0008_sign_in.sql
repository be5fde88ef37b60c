-- Narrow doors through row-level security: what has to be known before it is known who asks.
SET ROLE aw_owner;

-- Whom a company list is made for: all companies for an MSP admin, else those served.
CREATE FUNCTION aw_companies_of(wanted_user text) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE
        WHEN u.role = 'msp_admin' THEN
            (SELECT coalesce(array_agg(c.company_id ORDER BY c.company_id), '{}') FROM company c
                WHERE c.deleted_at IS NULL)
        ELSE
            (SELECT coalesce(array_agg(m.company_id ORDER BY m.company_id), '{}') FROM membership m
                JOIN company c ON c.company_id = m.company_id AND c.deleted_at IS NULL
                WHERE m.user_id = u.id AND m.company_id <> '_msp')
        END
    FROM app_user u WHERE u.id = wanted_user AND u.deleted_at IS NULL
$$;

CREATE FUNCTION aw_sign_in_lookup(wanted_email text)
RETURNS TABLE (user_id text, home_company text, password_hash text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT u.id, u.company_id, u.password_hash FROM app_user u
    WHERE lower(u.email) = lower(wanted_email) AND u.deleted_at IS NULL
$$;

-- The person behind an access token or an API token, as of now.
CREATE FUNCTION aw_token_lookup(wanted_hash bytea)
RETURNS TABLE (
    token_kind text, token_id text, user_id text, home_company text, email text, name text, role text, skills text[],
    availability text, companies text[], scopes text[], csrf_hash bytea, expires_at timestamptz
)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT t.kind, t.id, u.id, u.company_id, u.email, u.name, u.role, u.skills, u.availability,
        aw_companies_of(u.id), t.scopes, t.csrf_hash, t.expires_at
    FROM (
        SELECT 'session' AS kind, s.id, s.user_id, ARRAY['read', 'write'] AS scopes, s.csrf_hash,
            s.access_expires_at AS expires_at
        FROM session s
        WHERE s.access_hash = wanted_hash AND s.revoked_at IS NULL AND s.access_expires_at > aw_now()
        UNION ALL
        SELECT 'api_token', k.id, k.user_id, k.scopes, NULL, k.expires_at
        FROM api_token k
        WHERE k.token_hash = wanted_hash AND k.revoked_at IS NULL
            AND (k.expires_at IS NULL OR k.expires_at > aw_now())
    ) AS t
    JOIN app_user u ON u.id = t.user_id AND u.deleted_at IS NULL
$$;

DO $$
DECLARE
    door text;
BEGIN
    FOREACH door IN ARRAY ARRAY[
        'aw_companies_of(text)', 'aw_sign_in_lookup(text)', 'aw_token_lookup(bytea)'
    ] LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', door);
        -- Not to the console's role: these know no company, and one tells a password's hash.
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO aw_worker', door);
    END LOOP;
END
$$;

RESET ROLE;

-- A definer must pass the row-level security that binds even the owner: the worker's policies let it.
GRANT CREATE ON SCHEMA public TO aw_worker;
ALTER FUNCTION aw_companies_of(text) OWNER TO aw_worker;
ALTER FUNCTION aw_sign_in_lookup(text) OWNER TO aw_worker;
ALTER FUNCTION aw_token_lookup(bytea) OWNER TO aw_worker;
REVOKE CREATE ON SCHEMA public FROM aw_worker;
