-- Incidents, what they own, and the lane that serialises decisions per company.
SET ROLE aw_owner;

-- Whoever changes an incident, a key or an identity of a company first locks its row here.
CREATE TABLE correlation_lane (
    company_id text PRIMARY KEY REFERENCES company ON DELETE CASCADE
);
SELECT aw_protect('correlation_lane', 'SELECT, INSERT, UPDATE');

CREATE TABLE incident (
    company_id text NOT NULL,
    id text NOT NULL,
    title text NOT NULL,
    signature text NOT NULL,
    primary_asset text NOT NULL,
    -- The signature's family: cpu, memory, disk, …
    category text NOT NULL,
    status text NOT NULL CHECK (status IN ('new', 'acknowledged', 'in_progress', 'resolved', 'closed', 'merged')),
    severity text NOT NULL CHECK (severity IN ('critical', 'high', 'medium', 'low')),
    alert_count integer NOT NULL,
    firing_identities integer NOT NULL,
    asset_count integer NOT NULL,
    -- Distinct kinds of its assets: what the title calls them.
    asset_kinds text[] NOT NULL,
    tool_sources text[] NOT NULL,
    signatures text[] NOT NULL,
    touches_critical_asset boolean NOT NULL,
    is_rolled_up boolean NOT NULL,
    is_flapping boolean NOT NULL,
    suspected_cause_asset text,
    symptom_count integer NOT NULL,
    insight jsonb,
    -- Priority without the decay of age, which is computed when read.
    static_score double precision NOT NULL,
    opened_at timestamptz NOT NULL,
    last_event_at timestamptz NOT NULL,
    reopen_count integer NOT NULL,
    assigned_to text,
    assigned_at timestamptz,
    acknowledged_at timestamptz,
    acknowledged_by text,
    first_responded_at timestamptz,
    resolved_at timestamptz,
    resolved_by text,
    resolution_notes text,
    closed_at timestamptz,
    escalation_level smallint NOT NULL DEFAULT 1,
    escalated_at timestamptz,
    escalation_reason text,
    merged_into text,
    version bigint NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (company_id, id)
) WITH (fillfactor = 70);
CREATE INDEX incident_signature ON incident (company_id, signature)
    WHERE status IN ('new', 'acknowledged', 'in_progress', 'resolved');
CREATE INDEX incident_open ON incident (company_id, id) WHERE status IN ('new', 'acknowledged', 'in_progress');
SELECT aw_protect('incident', 'SELECT, INSERT, UPDATE');

CREATE TABLE incident_asset (
    company_id text NOT NULL,
    incident_id text NOT NULL,
    asset text NOT NULL,
    first_event_at timestamptz NOT NULL,
    last_event_at timestamptz NOT NULL,
    alert_count integer NOT NULL,
    -- The incident still owns its keys, so that it is found by its assets.
    live boolean NOT NULL DEFAULT true,
    PRIMARY KEY (company_id, incident_id, asset)
) WITH (fillfactor = 70);
CREATE INDEX incident_asset_live ON incident_asset (company_id, asset) WHERE live;
SELECT aw_protect('incident_asset', 'SELECT, INSERT, UPDATE, DELETE');

-- Every correlation key, also those of merged and symptom incidents, with the incident that owns it.
CREATE TABLE incident_key (
    company_id text NOT NULL,
    key text NOT NULL,
    incident_id text NOT NULL,
    PRIMARY KEY (company_id, key)
);
CREATE INDEX incident_key_owner ON incident_key (company_id, incident_id);
SELECT aw_protect('incident_key', 'SELECT, INSERT, UPDATE, DELETE');

-- The console changes identities only by merging incidents.
GRANT UPDATE ON alert_identity TO aw_console;
GRANT INSERT ON alert_fate TO aw_console;

-- Deadlines as rows. A holder has a lease; every write of it checks the fence.
CREATE TABLE timer (
    company_id text NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    due_at timestamptz NOT NULL,
    lease_until timestamptz,
    lease_holder text,
    fence bigint NOT NULL DEFAULT 0,
    attempts integer NOT NULL DEFAULT 0,
    last_error text,
    PRIMARY KEY (company_id, kind, subject)
) WITH (fillfactor = 70);
CREATE INDEX timer_due ON timer (due_at);
SELECT aw_protect('timer', 'SELECT, INSERT, UPDATE, DELETE');

RESET ROLE;
