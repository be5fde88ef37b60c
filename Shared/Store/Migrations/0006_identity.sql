-- People, their companies, sessions and tokens.
SET ROLE aw_owner;

CREATE TABLE app_user (
    -- Home company: _msp for the provider's own people, else the client's.
    company_id text NOT NULL REFERENCES company,
    id text NOT NULL UNIQUE,
    email text NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    role text NOT NULL CHECK (role IN ('msp_admin', 'company_admin', 'technician', 'client_viewer')),
    password_hash text NOT NULL,
    skills text[] NOT NULL DEFAULT '{}',
    availability text NOT NULL DEFAULT 'available' CHECK (availability IN ('available', 'busy', 'away')),
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    PRIMARY KEY (company_id, id)
);
CREATE UNIQUE INDEX app_user_email ON app_user (lower(email)) WHERE deleted_at IS NULL;

-- Which companies a person serves or belongs to. An MSP admin serves all and has no rows here but _msp.
CREATE TABLE membership (
    company_id text NOT NULL REFERENCES company ON DELETE CASCADE,
    user_id text NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
    PRIMARY KEY (company_id, user_id)
);
CREATE INDEX membership_user ON membership (user_id);
SELECT aw_protect('membership', 'SELECT, INSERT, DELETE');

SELECT aw_protect('app_user', 'SELECT, INSERT, UPDATE');
DROP POLICY console ON app_user;
-- A user is seen where they belong and where they serve; changed only where they belong.
CREATE POLICY console ON app_user TO aw_console
    USING (company_id = ANY ((SELECT aw_companies())::text[]))
    WITH CHECK (company_id = ANY ((SELECT aw_companies())::text[]));
CREATE POLICY console_serves ON app_user FOR SELECT TO aw_console
    USING (EXISTS (SELECT FROM membership m WHERE m.user_id = app_user.id));
-- A password hash is read by sign-in alone.
REVOKE SELECT ON app_user FROM aw_console;
GRANT SELECT (company_id, id, email, name, role, skills, availability, version, created_at, updated_at, deleted_at)
    ON app_user TO aw_console;

CREATE TABLE session (
    company_id text NOT NULL,
    id text NOT NULL UNIQUE,
    user_id text NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
    -- SHA-256 of the tokens; the tokens themselves are kept nowhere.
    access_hash bytea NOT NULL UNIQUE,
    access_expires_at timestamptz NOT NULL,
    refresh_hash bytea NOT NULL UNIQUE,
    refresh_expires_at timestamptz NOT NULL,
    -- Refresh tokens that were used: seeing one again ends the session.
    used_refresh_hashes bytea[] NOT NULL DEFAULT '{}',
    csrf_hash bytea NOT NULL,
    user_agent text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    revoked_at timestamptz,
    PRIMARY KEY (company_id, id)
);
CREATE INDEX session_of_user ON session (user_id);
CREATE INDEX session_used_refresh ON session USING gin (used_refresh_hashes);
SELECT aw_protect('session', '');

CREATE TABLE api_token (
    company_id text NOT NULL,
    id text NOT NULL UNIQUE,
    user_id text NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
    name text NOT NULL,
    token_hash bytea NOT NULL UNIQUE,
    -- read, write, or both.
    scopes text[] NOT NULL,
    expires_at timestamptz,
    last_used_at timestamptz,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz,
    PRIMARY KEY (company_id, id)
);
SELECT aw_protect('api_token', '');

-- Failed sign-ins per e-mail address and per sender, for the limit on guessing.
CREATE TABLE sign_in_failure (
    subject text PRIMARY KEY,
    failures integer NOT NULL,
    first_at timestamptz NOT NULL,
    blocked_until timestamptz
);
GRANT SELECT, INSERT, UPDATE, DELETE ON sign_in_failure TO aw_worker;

-- Answers to writes that carried an Idempotency-Key.
CREATE TABLE idempotent_answer (
    company_id text NOT NULL,
    user_id text NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    status integer NOT NULL,
    body bytea NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (company_id, user_id, key)
);
SELECT aw_protect('idempotent_answer', '');

RESET ROLE;
