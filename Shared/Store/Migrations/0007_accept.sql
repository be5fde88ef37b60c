-- Accepts many requests at once: one round trip and one commit for all that waited at the same moment.
SET ROLE aw_owner;

-- Requests r_* are numbered from 1; the alerts of request n are those from r_first[n] on, r_cost[n] of them.
--
-- Per company the rate bucket's row is locked first, in company order, so duplicates and rates are judged one request
-- after another however many processes accept. Verdicts:
--   accepted   stored
--   duplicate  the request key is known; alert_ids are the first ones
--   limited    over the rate; wait_seconds says when enough tokens are there
--   stale      the integration changed since the sender was judged: judge again
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
    resets double precision[] := array_fill(0::double precision, ARRAY[n]);
    remainders integer[] := array_fill(0, ARRAY[n]);
    rates integer[] := array_fill(0, ARRAY[n]);
BEGIN
    PERFORM 1 FROM rate_bucket b WHERE b.company_id = ANY (r_company) ORDER BY b.company_id FOR NO KEY UPDATE;
    moment := aw_now();
    FOR asked IN
        SELECT q.n, q.company, q.integration, q.cost, (d.alert_ids IS NOT NULL) AS known,
            first_value(q.n) OVER (PARTITION BY q.company, q.integration, q.key ORDER BY q.n) AS first_n,
            (i.version IS NOT DISTINCT FROM q.version AND i.enabled AND c.deleted_at IS NULL) AS current,
            c.rate_per_minute, c.rate_burst, b.tokens, b.updated_at
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
            tokens := least(burst, asked.tokens
                + greatest(0, extract(epoch FROM moment - asked.updated_at)) * per_second);
        END IF;
        rates[asked.n] := asked.rate_per_minute;
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
        remainders[asked.n] := greatest(0, floor(tokens));
        resets[asked.n] := greatest(0, (burst - tokens) / per_second);
    END LOOP;
    IF lane IS NOT NULL AND tokens IS NOT NULL THEN
        lanes := lanes || lane;
        lane_tokens := lane_tokens || tokens;
    END IF;

    UPDATE rate_bucket b SET tokens = u.tokens, updated_at = moment
    FROM unnest(lanes, lane_tokens) AS u (company, tokens) WHERE b.company_id = u.company;

    INSERT INTO received_request (company_id, integration_id, request_key, alert_ids, received_at)
    SELECT q.company, q.integration, q.key, a_id[q.first : q.first + q.cost - 1], moment
    FROM unnest(r_company, r_integration, r_key, r_cost, r_first, verdicts)
        AS q (company, integration, key, cost, first, verdict)
    WHERE q.verdict = 'accepted';

    WITH stored AS (
        INSERT INTO alert (company_id, id, retention_class, day, integration_id, dedup_key, event, asset, signature,
            severity, original_severity, message, tool_source, labels, links, event_at, received_at, trace)
        SELECT r_company[a.request], a.id, 0, (a.received_at AT TIME ZONE 'UTC')::date, r_integration[a.request],
            a.dedup_key, a.event, a.asset, a.signature, a.severity, a.original_severity, a.message, a.tool_source,
            a.labels, a.links, a.event_at, a.received_at, a.trace
        FROM unnest(a_id, a_request, a_dedup_key, a_event, a_asset, a_signature, a_severity, a_original_severity,
                a_message, a_tool_source, a_labels, a_links, a_event_at, a_received_at, a_trace)
            AS a (id, request, dedup_key, event, asset, signature, severity, original_severity, message,
                tool_source, labels, links, event_at, received_at, trace)
        WHERE verdicts[a.request] = 'accepted'
        RETURNING company_id, id, day, event_at, received_at
    )
    INSERT INTO undecided_alert (company_id, alert_id, day, event_at, received_at)
    SELECT company_id, id, day, event_at, received_at FROM stored;

    -- At most once a minute, so that the row is not rewritten for every request.
    UPDATE integration i SET last_seen_at = moment
    FROM (SELECT DISTINCT q.company, q.integration FROM unnest(r_company, r_integration, verdicts)
            AS q (company, integration, verdict) WHERE q.verdict IN ('accepted', 'duplicate')) AS used
    WHERE i.company_id = used.company AND i.id = used.integration
        AND (i.last_seen_at IS NULL OR i.last_seen_at < moment - interval '1 minute');

    RETURN QUERY
    SELECT q.n::integer, q.verdict, d.alert_ids, remainders[q.n], waits[q.n], resets[q.n], rates[q.n]
    FROM unnest(r_company, r_integration, r_key, verdicts) WITH ORDINALITY AS q (company, integration, key, verdict, n)
    LEFT JOIN received_request d ON q.verdict = 'duplicate'
        AND d.company_id = q.company AND d.integration_id = q.integration AND d.request_key = q.key
    ORDER BY q.n;
END
$$;
REVOKE ALL ON FUNCTION aw_accept FROM PUBLIC;
GRANT EXECUTE ON FUNCTION aw_accept TO aw_worker;

RESET ROLE;
