-- Accepts many requests at once: one round trip and one commit for all that waited at the same moment.
SET ROLE aw_owner;

-- What a rate bucket holds now.
CREATE FUNCTION aw_tokens(
    tokens double precision, updated_at timestamptz, moment timestamptz, burst integer, per_minute integer
) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT least(burst, tokens + greatest(0, extract(epoch FROM moment - updated_at)::double precision)
        * per_minute / 60.0::double precision)
$$;

-- Whether every request can simply be accepted, as nearly always: all are new and current and fit their company's rate
-- together. If so, pays for them. The rate buckets are locked already.
CREATE FUNCTION aw_accept_all(
    r_company text[], r_integration text[], r_version bigint[], r_key text[], r_cost integer[], moment timestamptz
) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    companies text[];
    fills double precision[];
BEGIN
    IF EXISTS (
        SELECT FROM unnest(r_company, r_integration, r_key) AS q (company, integration, key)
        JOIN received_request d
            ON d.company_id = q.company AND d.integration_id = q.integration AND d.request_key = q.key
    ) THEN
        RETURN false;
    END IF;
    SELECT array_agg(t.company), array_agg(CASE WHEN t.simple THEN t.tokens - t.cost END)
    INTO companies, fills
    FROM (
        SELECT s.company, sum(s.cost) AS cost,
            bool_and(s.requests = s.keys AND i.version = s.version AND i.enabled AND c.deleted_at IS NULL) AS simple,
            aw_tokens(max(b.tokens), max(b.updated_at), moment, max(c.rate_burst), max(c.rate_per_minute)) AS tokens
        FROM (
            SELECT q.company, q.integration, q.version, sum(q.cost) AS cost, count(*) AS requests,
                count(DISTINCT q.key) AS keys
            FROM unnest(r_company, r_integration, r_version, r_key, r_cost) AS q (company, integration, version, key, cost)
            GROUP BY q.company, q.integration, q.version
        ) AS s
        LEFT JOIN integration i ON i.company_id = s.company AND i.id = s.integration
        LEFT JOIN company c ON c.company_id = s.company
        LEFT JOIN rate_bucket b ON b.company_id = s.company
        GROUP BY s.company
    ) AS t;
    IF (SELECT bool_or(f.fill IS NULL OR f.fill < 0) FROM unnest(fills) AS f (fill)) IS NOT FALSE THEN
        RETURN false;
    END IF;
    UPDATE rate_bucket b SET tokens = u.tokens, updated_at = moment
    FROM unnest(companies, fills) AS u (company, tokens) WHERE b.company_id = u.company;
    RETURN true;
END
$$;
REVOKE ALL ON FUNCTION aw_accept_all FROM PUBLIC;
GRANT EXECUTE ON FUNCTION aw_accept_all TO aw_worker;

-- Judges one request after another, and pays for those that are accepted. The rate buckets are locked already.
CREATE FUNCTION aw_accept_each(
    r_company text[], r_integration text[], r_version bigint[], r_key text[], r_cost integer[], moment timestamptz
) RETURNS TABLE (request integer, verdict text, wait_seconds double precision)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    asked record;
    lane text := NULL;
    tokens double precision;
    burst double precision;
    per_second double precision;
    lanes text[] := '{}';
    lane_tokens double precision[] := '{}';
    n integer := cardinality(r_company);
    verdicts text[] := array_fill(NULL::text, ARRAY[n]);
    waits double precision[] := array_fill(0::double precision, ARRAY[n]);
BEGIN
    FOR asked IN
        SELECT q.n, q.company, q.integration, q.cost, (d.alert_ids IS NOT NULL) AS known,
            first_value(q.n) OVER (PARTITION BY q.company, q.integration, q.key ORDER BY q.n) AS first_n,
            (i.version IS NOT DISTINCT FROM q.version AND i.enabled AND c.deleted_at IS NULL) AS current,
            c.rate_per_minute, c.rate_burst,
            aw_tokens(b.tokens, b.updated_at, moment, c.rate_burst, c.rate_per_minute) AS tokens
        FROM unnest(r_company, r_integration, r_version, r_key, r_cost)
            WITH ORDINALITY AS q (company, integration, version, key, cost, n)
        LEFT JOIN received_request d
            ON d.company_id = q.company AND d.integration_id = q.integration AND d.request_key = q.key
        LEFT JOIN integration i ON i.company_id = q.company AND i.id = q.integration
        LEFT JOIN company c ON c.company_id = q.company
        LEFT JOIN rate_bucket b ON b.company_id = q.company
        ORDER BY q.company, q.n
    LOOP
        IF lane IS DISTINCT FROM asked.company THEN
            IF lane IS NOT NULL AND tokens IS NOT NULL THEN
                lanes := lanes || lane;
                lane_tokens := lane_tokens || tokens;
            END IF;
            lane := asked.company;
            burst := asked.rate_burst;
            per_second := asked.rate_per_minute / 60.0;
            tokens := asked.tokens;
        END IF;
        IF asked.current IS NOT TRUE THEN
            verdicts[asked.n] := 'stale';
        ELSIF asked.known THEN
            verdicts[asked.n] := 'duplicate';
        ELSIF asked.first_n <> asked.n THEN
            -- Twice in this batch: the second is a duplicate of the first, or fares like it.
            verdicts[asked.n] := CASE verdicts[asked.first_n] WHEN 'accepted' THEN 'duplicate'
                ELSE verdicts[asked.first_n] END;
            waits[asked.n] := waits[asked.first_n];
        ELSIF tokens >= asked.cost OR (asked.cost > burst AND tokens >= burst) THEN
            verdicts[asked.n] := 'accepted';
            tokens := tokens - asked.cost;
        ELSE
            verdicts[asked.n] := 'limited';
            waits[asked.n] := (least(asked.cost, burst) - tokens) / per_second;
        END IF;
    END LOOP;
    IF lane IS NOT NULL AND tokens IS NOT NULL THEN
        lanes := lanes || lane;
        lane_tokens := lane_tokens || tokens;
    END IF;
    UPDATE rate_bucket b SET tokens = u.tokens, updated_at = moment
    FROM unnest(lanes, lane_tokens) AS u (company, tokens) WHERE b.company_id = u.company;
    RETURN QUERY
    SELECT q.n::integer, q.verdict, q.wait
    FROM unnest(verdicts, waits) WITH ORDINALITY AS q (verdict, wait, n);
END
$$;
REVOKE ALL ON FUNCTION aw_accept_each FROM PUBLIC;
GRANT EXECUTE ON FUNCTION aw_accept_each TO aw_worker;

-- Requests r_* are numbered from 1; the alerts of request n are those from r_first[n] on, r_cost[n] of them.
--
-- Per company the rate bucket's row is locked first, in company order, so duplicates and rates are judged one request
-- after another however many processes accept. Verdicts:
--   accepted   stored
--   duplicate  the request key is known; alert_ids are the first ones
--   limited    over the rate; wait_seconds says when enough tokens are there
--   stale      the integration changed since the sender was judged: judge again
-- The rate that is returned is that after the commit.
CREATE FUNCTION aw_accept(
    r_company text[], r_integration text[], r_version bigint[], r_key text[], r_cost integer[], r_first integer[],
    a_id uuid[], a_request integer[], a_dedup_key text[], a_event text[], a_asset text[], a_signature text[],
    a_severity text[], a_original_severity text[], a_message text[], a_tool_source text[], a_labels jsonb[],
    a_links jsonb[], a_event_at timestamptz[], a_received_at timestamptz[], a_trace text[]
) RETURNS TABLE (
    request integer, verdict text, alert_ids uuid[], remaining integer, wait_seconds double precision,
    reset_seconds double precision, rate_per_minute integer
)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    moment timestamptz;
    n integer := cardinality(r_company);
    verdicts text[];
    waits double precision[];
BEGIN
    PERFORM 1 FROM rate_bucket b WHERE b.company_id = ANY (r_company) ORDER BY b.company_id FOR NO KEY UPDATE;
    moment := aw_now();
    IF aw_accept_all(r_company, r_integration, r_version, r_key, r_cost, moment) THEN
        verdicts := array_fill('accepted'::text, ARRAY[n]);
        waits := array_fill(0::double precision, ARRAY[n]);
    ELSE
        SELECT array_agg(j.verdict ORDER BY j.request), array_agg(j.wait_seconds ORDER BY j.request)
        INTO verdicts, waits
        FROM aw_accept_each(r_company, r_integration, r_version, r_key, r_cost, moment) AS j;
    END IF;

    INSERT INTO received_request (company_id, integration_id, request_key, alert_ids, received_at)
    SELECT q.company, q.integration, q.key, a_id[q.first : q.first + q.cost - 1], moment
    FROM unnest(r_company, r_integration, r_key, r_cost, r_first, verdicts)
        AS q (company, integration, key, cost, first, verdict)
    WHERE q.verdict = 'accepted';

    INSERT INTO alert (company_id, id, retention_class, day, integration_id, dedup_key, event, asset, signature,
        severity, original_severity, message, tool_source, labels, links, event_at, received_at, trace)
    SELECT r_company[a.request], a.id, 0, (a.received_at AT TIME ZONE 'UTC')::date, r_integration[a.request],
        a.dedup_key, a.event, a.asset, a.signature, a.severity, a.original_severity, a.message, a.tool_source,
        a.labels, a.links, a.event_at, a.received_at, a.trace
    FROM unnest(a_id, a_request, a_dedup_key, a_event, a_asset, a_signature, a_severity, a_original_severity,
            a_message, a_tool_source, a_labels, a_links, a_event_at, a_received_at, a_trace)
        AS a (id, request, dedup_key, event, asset, signature, severity, original_severity, message,
            tool_source, labels, links, event_at, received_at, trace)
    WHERE verdicts[a.request] = 'accepted';

    INSERT INTO undecided_alert (company_id, alert_id, day, event_at, received_at)
    SELECT r_company[a.request], a.id, (a.received_at AT TIME ZONE 'UTC')::date, a.event_at, a.received_at
    FROM unnest(a_id, a_request, a_event_at, a_received_at) AS a (id, request, event_at, received_at)
    WHERE verdicts[a.request] = 'accepted';

    -- At most once a minute, so that the row is not rewritten for every request.
    UPDATE integration i SET last_seen_at = moment
    FROM (SELECT DISTINCT q.company, q.integration FROM unnest(r_company, r_integration, verdicts)
            AS q (company, integration, verdict) WHERE q.verdict IN ('accepted', 'duplicate')) AS used
    WHERE i.company_id = used.company AND i.id = used.integration
        AND (i.last_seen_at IS NULL OR i.last_seen_at < moment - interval '1 minute');

    RETURN QUERY
    SELECT q.n::integer, q.verdict,
        CASE WHEN q.verdict = 'duplicate' THEN (
            SELECT d.alert_ids FROM received_request d
            WHERE d.company_id = q.company AND d.integration_id = q.integration AND d.request_key = q.key) END,
        greatest(0, floor(rate.tokens))::integer, q.wait,
        greatest(0, (rate.burst - rate.tokens) / rate.per_minute * 60), rate.per_minute
    FROM unnest(r_company, r_integration, r_key, verdicts, waits)
        WITH ORDINALITY AS q (company, integration, key, verdict, wait, n)
    LEFT JOIN (
        SELECT c.company_id AS company, c.rate_per_minute AS per_minute, c.rate_burst AS burst, b.tokens
        FROM company c JOIN rate_bucket b USING (company_id) WHERE c.company_id = ANY (r_company)
    ) AS rate ON rate.company = q.company
    ORDER BY q.n;
END
$$;
REVOKE ALL ON FUNCTION aw_accept FROM PUBLIC;
GRANT EXECUTE ON FUNCTION aw_accept TO aw_worker;

RESET ROLE;
