-- The journal: every change, its actor and its reason. Timeline, audit log, live stream and the notifier's input are
-- views of it.
SET ROLE aw_owner;

CREATE SEQUENCE journal_sequence;
GRANT USAGE ON SEQUENCE journal_sequence TO aw_worker, aw_console;

CREATE TABLE journal (
    company_id text NOT NULL,
    -- Position within the transaction's rows; with transaction_id the cursor.
    sequence bigint NOT NULL DEFAULT nextval('journal_sequence'),
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    retention_class smallint NOT NULL DEFAULT 0,
    day date NOT NULL,
    at timestamptz NOT NULL,
    -- incident.opened, company.created, sign_in.failed, …
    kind text NOT NULL,
    -- user:<id>, service:<name>, token:<id>, anonymous.
    actor text NOT NULL,
    subject_kind text NOT NULL,
    subject_id text NOT NULL,
    incident_id text,
    -- Never shown to clients.
    internal boolean NOT NULL DEFAULT false,
    -- One sentence for people.
    summary text NOT NULL,
    reason text,
    -- Before, after, and figures; no secret.
    data jsonb NOT NULL,
    trace text NOT NULL DEFAULT '',
    PRIMARY KEY (company_id, sequence, day, retention_class)
) PARTITION BY LIST (retention_class);
CREATE TABLE journal_c0 PARTITION OF journal FOR VALUES IN (0) PARTITION BY RANGE (day);
CREATE TABLE journal_c0_other PARTITION OF journal_c0 DEFAULT;
CREATE INDEX journal_cursor ON journal (transaction_id, sequence);
CREATE INDEX journal_incident ON journal (company_id, incident_id, sequence) WHERE incident_id IS NOT NULL;
SELECT aw_protect('journal', 'SELECT, INSERT');

-- Up to where a durable reader has acted on the journal.
CREATE TABLE journal_reader (
    name text PRIMARY KEY,
    transaction_id xid8 NOT NULL,
    sequence bigint NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON journal_reader TO aw_worker;

-- Positions above those of the cluster that a logical copy came from would hide rows; see `aw migrate rebase-journal`.
CREATE FUNCTION aw_rebase_journal() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    moved bigint;
BEGIN
    ALTER TABLE journal NO FORCE ROW LEVEL SECURITY;
    UPDATE journal SET transaction_id = '3'::xid8 WHERE transaction_id >= pg_current_xact_id();
    GET DIAGNOSTICS moved = ROW_COUNT;
    UPDATE journal_reader SET transaction_id = '3'::xid8 WHERE transaction_id >= pg_current_xact_id();
    -- While its owner may still read it.
    PERFORM setval('journal_sequence', greatest(
        (SELECT coalesce(max(sequence), 1) FROM journal), (SELECT last_value FROM journal_sequence)));
    ALTER TABLE journal FORCE ROW LEVEL SECURITY;
    RETURN moved;
END
$$;
REVOKE ALL ON FUNCTION aw_rebase_journal() FROM PUBLIC;

-- Which processes live, and where they listen.
CREATE TABLE service_instance (
    id text PRIMARY KEY,
    service text NOT NULL,
    host text NOT NULL,
    pid integer NOT NULL,
    version text NOT NULL,
    started_at timestamptz NOT NULL,
    heartbeat_at timestamptz NOT NULL,
    endpoints jsonb NOT NULL,
    curve_public_key text NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON service_instance TO aw_worker, aw_console;

SELECT aw_ensure_partitions(parent, (aw_now() AT TIME ZONE 'UTC')::date - 1, 9)
FROM unnest(ARRAY['alert_c0', 'alert_fate_c0', 'journal_c0']) AS parent;

RESET ROLE;
