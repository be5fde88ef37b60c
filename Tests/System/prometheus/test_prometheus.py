"""A real monitoring tool, from the outage that it sees to the incident and its end."""

import time
from pathlib import Path

from installation import Installation, PostgresServer, wait_for
from monitoring import Monitoring, Target


def test_an_outage_seen_by_prometheus_opens_one_incident_that_resolves_by_itself(tmp_path: Path, say):
    with (
        PostgresServer.any() as server,
        Installation.running(server, ingest=1, correlator=1, slawatch=1) as installation,
    ):
        company = installation.create_company(
            "comp-acme", signs=False, correlation={"auto_resolve_hold_seconds": 1, "reopen_window_minutes": 10}
        )
        installation.set_authentication(company, "bearer")
        target = Target()
        target.come_up()
        try:
            with Monitoring.running(tmp_path, target, installation.ports("ingest")[0], company.api_key) as monitoring:
                follow_an_outage(installation, monitoring, target, say)
        finally:
            target.go_down()


def follow_an_outage(installation: Installation, monitoring: Monitoring, target: Target, say) -> None:
    wait_for("Prometheus sees the server", lambda: monitoring.target_health() == "up")
    assert installation.value("SELECT count(*) FROM alert") == 0

    went_down = time.monotonic()
    target.go_down()
    open_incidents = "SELECT count(*) FROM incident WHERE status = 'new'"
    wait_for("an incident opens", lambda: installation.value(open_incidents) == 1, seconds=25)
    opened = time.monotonic()
    (incident,) = installation.rows("SELECT * FROM incident")
    expected = {
        "title": "Instance Down on web-server-01", "signature": "InstanceDown", "primary_asset": "web-server-01",
        "severity": "critical", "tool_sources": ["Prometheus"], "alert_count": 1, "firing_identities": 1,
        "asset_count": 1, "is_rolled_up": False, "is_flapping": False, "category": "service_down",
    }  # fmt: skip
    assert {field: incident[field] for field in expected} == expected

    came_up = time.monotonic()
    target.come_up()
    resolved_incidents = "SELECT count(*) FROM incident WHERE status = 'resolved'"
    wait_for("the incident resolves", lambda: installation.value(resolved_incidents) == 1, seconds=25)
    say(f"\nopened after {opened - went_down:.1f} s, resolved after {time.monotonic() - came_up:.1f} s")

    (after,) = installation.rows("SELECT * FROM incident")
    assert after["id"] == incident["id"]
    assert (after["resolved_by"], after["firing_identities"], after["alert_count"]) == (None, 0, 1)
    firing, resolved = installation.rows(
        """
        SELECT a.*, f.kind, f.reason, f.incident_id, count(*) OVER (PARTITION BY a.id) AS fates
        FROM alert a JOIN alert_fate f ON f.alert_id = a.id ORDER BY a.id
        """
    )
    assert (firing["event"], firing["kind"], firing["reason"]) == ("firing", "opened", "no_open_incident")
    assert (resolved["event"], resolved["kind"], resolved["reason"]) == ("resolved", "resolved", "recovered")
    for alert in (firing, resolved):
        assert (alert["incident_id"], alert["fates"]) == (incident["id"], 1)
        assert (alert["asset"], alert["severity"], alert["tool_source"]) == ("web-server-01", "critical", "Prometheus")
        assert alert["message"] == "No scrape of web-server-01:9100 in paris for a second — à vérifier."
        assert alert["labels"]["site"] == "paris" and alert["labels"]["cluster"] == "acme-eu"
        assert "https://runbooks.example/InstanceDown" in alert["links"]
    # Alertmanager's fingerprint is the identity, so both speak of one alert.
    assert firing["dedup_key"] == resolved["dedup_key"] and len(firing["dedup_key"]) == 16
    assert firing["event_at"] < resolved["event_at"] <= resolved["received_at"]

    # And nothing else happened: two webhook requests, neither failed; what the incident lived through; one timer.
    assert monitoring.webhooks() == {"sent": 2, "failed": 0}
    assert installation.value("SELECT count(*) FROM received_request") == 2
    assert installation.value("SELECT count(*) FROM alert") == 2
    assert installation.value("SELECT count(*) FROM undecided_alert") == 0
    journal = installation.rows("SELECT kind, reason FROM journal WHERE incident_id IS NOT NULL ORDER BY sequence")
    assert [(row["kind"], row["reason"]) for row in journal] == [
        ("incident.opened", "no_open_incident"),
        ("incident.updated", "recovered"),
        ("incident.resolved", "all_recovered"),
    ]
    assert [row["kind"] for row in installation.rows("SELECT kind FROM timer")] == ["close"]
    assert [row["name"] for row in installation.rows("SELECT name FROM asset")] == ["web-server-01"]
