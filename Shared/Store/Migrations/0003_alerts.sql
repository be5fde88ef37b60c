-- Alerts as they were received, what became of them, and the one place that knows duplicates.
SET ROLE aw_owner;

CREATE TABLE alert (
    company_id text NOT NULL,
    -- A UUIDv7: its time is received_at to the millisecond, so its order is the order of receipt.
    id uuid NOT NULL,
    retention_class smallint NOT NULL,
    -- The UTC day of received_at.
    day date NOT NULL,
    integration_id text NOT NULL,
    dedup_key text NOT NULL,
    event text NOT NULL CHECK (event IN ('firing', 'resolved')),
    asset text NOT NULL,
    signature text NOT NULL,
    severity text NOT NULL CHECK (severity IN ('critical', 'high', 'medium', 'low')),
    original_severity text NOT NULL,
    message text NOT NULL,
    tool_source text NOT NULL,
    labels jsonb NOT NULL,
    links jsonb NOT NULL,
    event_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    trace text NOT NULL,
    PRIMARY KEY (company_id, id, day, retention_class)
) PARTITION BY LIST (retention_class);
CREATE TABLE alert_c0 PARTITION OF alert FOR VALUES IN (0) PARTITION BY RANGE (day);
CREATE TABLE alert_c0_other PARTITION OF alert_c0 DEFAULT;
SELECT aw_protect('alert', 'SELECT');

-- Append-only: the fate with the highest position counts.
CREATE TABLE alert_fate (
    company_id text NOT NULL,
    alert_id uuid NOT NULL,
    position smallint NOT NULL,
    retention_class smallint NOT NULL,
    -- The day of the alert.
    day date NOT NULL,
    kind text NOT NULL CHECK (kind IN ('opened', 'joined', 'resolved', 'suppressed', 'noted')),
    reason text NOT NULL,
    explanation text NOT NULL,
    incident_id text,
    decided_at timestamptz NOT NULL,
    PRIMARY KEY (company_id, alert_id, position, day, retention_class)
) PARTITION BY LIST (retention_class);
CREATE TABLE alert_fate_c0 PARTITION OF alert_fate FOR VALUES IN (0) PARTITION BY RANGE (day);
CREATE TABLE alert_fate_c0_other PARTITION OF alert_fate_c0 DEFAULT;
CREATE INDEX alert_fate_incident ON alert_fate (company_id, incident_id, alert_id);
SELECT aw_protect('alert_fate', 'SELECT');

-- Alerts that wait for a decision: made with the alert, taken away with its fate.
CREATE TABLE undecided_alert (
    company_id text NOT NULL,
    alert_id uuid NOT NULL,
    day date NOT NULL,
    event_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    -- The maintenance window whose end made this decision due.
    released_by text,
    -- In the order in which they are decided.
    PRIMARY KEY (company_id, event_at, received_at, alert_id)
) WITH (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 20000, fillfactor = 90);
SELECT aw_protect('undecided_alert', 'SELECT');

-- What is known of one alert identity from the events so far.
CREATE TABLE alert_identity (
    company_id text NOT NULL,
    integration_id text NOT NULL,
    dedup_key text NOT NULL,
    asset text NOT NULL,
    signature text NOT NULL,
    tool text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('firing', 'resolved')),
    severity text NOT NULL,
    last_event_at timestamptz NOT NULL,
    last_resolved_at timestamptz,
    last_firing_alert uuid,
    incident_id text,
    transitions timestamptz[] NOT NULL DEFAULT '{}',
    is_flapping boolean NOT NULL DEFAULT false,
    suppressed_by text,
    PRIMARY KEY (company_id, integration_id, dedup_key)
) WITH (fillfactor = 80);
CREATE INDEX alert_identity_incident ON alert_identity (company_id, incident_id) WHERE incident_id IS NOT NULL;
CREATE INDEX alert_identity_suppressed ON alert_identity (company_id, suppressed_by) WHERE suppressed_by IS NOT NULL;
SELECT aw_protect('alert_identity', 'SELECT');

-- Not partitioned: the one place that knows duplicates.
CREATE TABLE received_request (
    company_id text NOT NULL,
    integration_id text NOT NULL,
    request_key text NOT NULL,
    alert_ids uuid[] NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (company_id, integration_id, request_key)
);
CREATE INDEX received_request_age ON received_request USING brin (received_at);
SELECT aw_protect('received_request', '');

CREATE TABLE rate_bucket (
    company_id text PRIMARY KEY REFERENCES company ON DELETE CASCADE,
    -- May be negative after a request larger than the burst.
    tokens double precision NOT NULL,
    updated_at timestamptz NOT NULL
) WITH (fillfactor = 50);
SELECT aw_protect('rate_bucket', 'SELECT, INSERT');

-- Partitions of one table for the days from first_day on, where they are missing. Does nothing for a day whose rows are
-- in the catch-all partition already. Gives up with 55P03 rather than let writers queue up behind a long reader.
CREATE FUNCTION aw_ensure_partitions(parent text, first_day date, days integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '200ms' AS $$
DECLARE
    wanted date;
    child text;
    made integer := 0;
BEGIN
    IF parent NOT IN ('alert_c0', 'alert_fate_c0', 'journal_c0') THEN
        RAISE EXCEPTION USING ERRCODE = '22023';
    END IF;
    PERFORM pg_advisory_xact_lock(4242001);
    FOR wanted IN SELECT first_day + n FROM generate_series(0, days - 1) AS n LOOP
        child := parent || '_' || to_char(wanted, 'YYYYMMDD');
        IF to_regclass(child) IS NULL THEN
            BEGIN
                EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
                    child, parent, wanted, wanted + 1);
                made := made + 1;
            EXCEPTION WHEN check_violation THEN
                NULL;
            END;
        END IF;
    END LOOP;
    RETURN made;
END
$$;
REVOKE ALL ON FUNCTION aw_ensure_partitions(text, date, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION aw_ensure_partitions(text, date, integer) TO aw_worker;

RESET ROLE;
