-- Companies, the integrations by which their tools send, and the people who look after them.
SET ROLE aw_owner;

CREATE TABLE company (
    company_id text PRIMARY KEY CHECK (company_id ~ '^(_msp|comp-[a-z0-9-]{1,60})$'),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    rate_per_minute integer NOT NULL DEFAULT 60 CHECK (rate_per_minute BETWEEN 1 AND 10000000),
    rate_burst integer NOT NULL DEFAULT 120 CHECK (rate_burst BETWEEN 1 AND 10000000),
    -- Settings as the API shows them; a field left out has its default.
    correlation jsonb NOT NULL DEFAULT '{}',
    sla jsonb NOT NULL DEFAULT '{}',
    assignment jsonb NOT NULL DEFAULT '{}',
    notifications jsonb NOT NULL DEFAULT '{}',
    priority jsonb NOT NULL DEFAULT '{}',
    retention_class smallint NOT NULL DEFAULT 0,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz
);
SELECT aw_protect('company', 'SELECT, INSERT, UPDATE');

CREATE TABLE integration (
    company_id text NOT NULL REFERENCES company ON DELETE CASCADE,
    id text NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    -- generic, prometheus, …: which body its requests have.
    source text NOT NULL,
    -- hmac: key and signature; bearer: key in a header; secret_url: key anywhere, also in the address.
    auth text NOT NULL CHECK (auth IN ('hmac', 'bearer', 'secret_url')),
    -- The first integration of a company, whose key is the company's own.
    is_default boolean NOT NULL DEFAULT false,
    api_key_prefix text NOT NULL,
    api_key_hash bytea NOT NULL,
    previous_api_key_hash bytea,
    previous_api_key_until timestamptz,
    -- Sealed under the master key.
    hmac_secret bytea NOT NULL,
    previous_hmac_secret bytea,
    previous_hmac_secret_until timestamptz,
    enabled boolean NOT NULL DEFAULT true,
    version bigint NOT NULL DEFAULT 1,
    last_seen_at timestamptz,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (company_id, id)
);
CREATE UNIQUE INDEX integration_api_key ON integration (api_key_hash);
CREATE UNIQUE INDEX integration_previous_api_key ON integration (previous_api_key_hash)
    WHERE previous_api_key_hash IS NOT NULL;
CREATE UNIQUE INDEX integration_default ON integration (company_id) WHERE is_default;
SELECT aw_protect('integration', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE asset (
    company_id text NOT NULL REFERENCES company ON DELETE CASCADE,
    id text NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
    kind text NOT NULL DEFAULT 'server',
    critical boolean NOT NULL DEFAULT false,
    instance_id text,
    -- Ids of assets of the same company.
    depends_on text[] NOT NULL DEFAULT '{}',
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (company_id, id)
);
CREATE UNIQUE INDEX asset_name ON asset (company_id, name);
SELECT aw_protect('asset', 'SELECT, INSERT, UPDATE');

CREATE TABLE maintenance_window (
    company_id text NOT NULL REFERENCES company ON DELETE CASCADE,
    id text NOT NULL,
    -- The window as the API shows it: name, schedule, scope, enabled.
    definition jsonb NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (company_id, id)
);
SELECT aw_protect('maintenance_window', 'SELECT, INSERT, UPDATE, DELETE');

RESET ROLE;
