"""What the database holds of a company, in a form that can be compared with that of another."""

from datetime import datetime
from typing import Any

from installation import Company, Installation

LATEST_FATE = """
    SELECT DISTINCT ON (alert_id) alert_id, kind, reason, incident_id FROM alert_fate WHERE company_id = %(company)s
    ORDER BY alert_id, position DESC
"""


def rows(installation: Installation, company: Company, query: str) -> list[dict[str, Any]]:
    """The rows of a query; `%(company)s` in it is the company's id, `LATEST_FATE` the latest fates of its alerts."""
    text = query.replace("LATEST_FATE", f"({LATEST_FATE})")
    with installation.connect() as admin:
        cursor = admin.execute(text, {"company": company.id})
        names = [column.name for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor]


def alerts(installation: Installation, company: Company) -> list[dict[str, Any]]:
    """Every alert with its number in the plan and its latest fate."""
    return rows(
        installation, company,
        """
        SELECT a.id::text, (a.labels ->> 'number')::integer AS number, a.event, f.kind AS fate, f.incident_id,
            i.status AS incident_status
        FROM alert a LEFT JOIN LATEST_FATE f ON f.alert_id = a.id
        LEFT JOIN incident i ON i.company_id = a.company_id AND i.id = f.incident_id
        WHERE a.company_id = %(company)s
        """,
    )  # fmt: skip


def requests(installation: Installation, company: Company) -> dict[str, list[str]]:
    """The ids of each request's alerts by the key that the request is known by."""
    found = rows(
        installation, company,
        "SELECT request_key, alert_ids::text[] AS ids FROM received_request WHERE company_id = %(company)s",
    )  # fmt: skip
    return {row["request_key"]: row["ids"] for row in found}


def incidents(installation: Installation, company: Company, base: datetime) -> list[dict[str, Any]]:
    """Everything of every incident that is not merged, in an order of its own. Times are counted from `base`.

    But for what the order of arrival decides: ids, times of decisions, which of several alerts came first.
    """
    found = rows(
        installation, company,
        """
        SELECT i.title, i.signature, i.category, i.status, i.severity, i.alert_count, i.firing_identities,
            i.asset_count, i.asset_kinds, i.tool_sources, i.signatures, i.is_rolled_up, i.is_flapping,
            i.suspected_cause_asset, i.symptom_count, i.insight ->> 'pattern' AS pattern, i.static_score,
            i.last_event_at, i.reopen_count, CASE WHEN NOT i.is_rolled_up THEN i.primary_asset END AS primary_asset,
            (SELECT jsonb_agg(jsonb_build_array(asset, alert_count, first_event_at, last_event_at) ORDER BY asset)
                FROM incident_asset WHERE company_id = i.company_id AND incident_id = i.id) AS assets,
            (SELECT jsonb_agg(jsonb_build_array(dedup_key, kind, is_flapping, cardinality(transitions), last_event_at)
                    ORDER BY dedup_key)
                FROM alert_identity WHERE company_id = i.company_id AND incident_id = i.id) AS identities,
            (SELECT jsonb_object_agg(event || ' ' || kind, count) FROM (
                SELECT a.event, f.kind, count(*) FROM LATEST_FATE f
                JOIN alert a ON a.company_id = i.company_id AND a.id = f.alert_id
                WHERE f.incident_id = i.id GROUP BY a.event, f.kind) c) AS fates,
            (SELECT array_agg(key ORDER BY key) FROM incident_key
                WHERE company_id = i.company_id AND incident_id = i.id) AS keys,
            (SELECT array_agg(kind ORDER BY kind) FROM timer
                WHERE company_id = i.company_id AND subject = i.id) AS timers
        FROM incident i WHERE i.company_id = %(company)s AND i.status <> 'merged'
        ORDER BY i.signature, primary_asset
        """,
    )  # fmt: skip
    for incident in found:
        incident["last_event_at"] = _since(base, incident["last_event_at"])
        for entry in incident["assets"]:
            entry[2:] = [_since(base, datetime.fromisoformat(moment)) for moment in entry[2:]]
        for entry in incident["identities"]:
            entry[4] = _since(base, datetime.fromisoformat(entry[4]))
    return found


def _since(base: datetime, moment: datetime) -> float:
    return round((moment - base).total_seconds(), 3)


def merged_by_signature(installation: Installation, company: Company) -> dict[str, int]:
    found = rows(
        installation, company,
        "SELECT signature, count(*) FROM incident WHERE company_id = %(company)s AND status = 'merged' GROUP BY 1",
    )  # fmt: skip
    return {row["signature"]: row["count"] for row in found}


def journal_counts(installation: Installation, company: Company) -> dict[str, dict[str, int]]:
    """How many journal rows of each kind each incident has, by incident."""
    found = rows(
        installation, company,
        """
        SELECT incident_id, jsonb_object_agg(kind, count) AS kinds FROM (
            SELECT incident_id, kind, count(*) FROM journal
            WHERE company_id = %(company)s AND incident_id IS NOT NULL GROUP BY 1, 2) c
        GROUP BY incident_id
        """,
    )  # fmt: skip
    return {row["incident_id"]: row["kinds"] for row in found}
