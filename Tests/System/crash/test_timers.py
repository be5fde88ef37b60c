"""Timers fire once, whatever happens to the process that fires them."""

import http.client
import json
import random
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

import records
from installation import Company, Installation, PrivateCluster, wait_for

INCIDENTS = 60


@pytest.fixture(scope="module")
def installation(cluster: PrivateCluster) -> Iterator[Installation]:
    with Installation.running(cluster, ingest=1, correlator=1, slawatch=1) as installation:
        yield installation


def post(installation: Installation, company: Company, status: str, numbers: range) -> None:
    """Alerts that have nothing in common, so that each is an incident of its own."""
    alerts: list[dict[str, Any]] = [
        {
            "asset_name": f"host-{number:02}", "signature": f"check_{number}_failed", "severity": "high",
            "message": "The check failed", "status": status, "dedup_key": f"check-{number}",
        }
        for number in numbers
    ]  # fmt: skip
    body = json.dumps(alerts).encode()
    connection = http.client.HTTPConnection("127.0.0.1", installation.ports("ingest")[0], timeout=10)
    connection.request("POST", "/api/webhooks/alerts", body, company.signed_headers(str(int(time.time())), body))
    response = connection.getresponse()
    text = response.read()
    connection.close()
    assert response.status == 202, text


def statuses(installation: Installation, company: Company) -> dict[str, int]:
    found = records.rows(
        installation, company, "SELECT status, count(*) FROM incident WHERE company_id = %(company)s GROUP BY 1"
    )
    return {row["status"]: row["count"] for row in found}


def assert_each_resolved_and_closed_once(installation: Installation, company: Company, number: int) -> None:
    lives = records.journal_counts(installation, company)
    assert len(lives) == number
    for life in lives.values():
        # The update is the recovery of its alert. And nothing else happened.
        assert life == {"incident.opened": 1, "incident.updated": 1, "incident.resolved": 1, "incident.closed": 1}
    for table in ("timer", "incident_key"):
        assert records.rows(installation, company, f"SELECT * FROM {table} WHERE company_id = %(company)s") == []


def test_incidents_resolve_by_themselves_although_slawatch_is_killed(installation: Installation, seed: int, say):
    choices = random.Random(f"{seed}/timers")
    company = installation.create_company(
        "comp-hold", correlation={"auto_resolve_hold_seconds": 1, "reopen_window_minutes": 0}
    )
    post(installation, company, "firing", range(INCIDENTS))
    installation.wait_until_decided(company)
    assert statuses(installation, company) == {"new": INCIDENTS}

    slawatch = installation.services["slawatch-1"]
    began = time.monotonic()
    # Six recoveries every 300 ms: from the second second on some timer is always due.
    kills = sorted(choices.uniform(1.2, 4) for _ in range(2))
    for turn in range(INCIDENTS // 6):
        post(installation, company, "resolved", range(turn * 6, turn * 6 + 6))
        while time.monotonic() < began + 0.3 * (turn + 1):
            if kills and time.monotonic() >= began + kills[0]:
                kills.pop(0)
                slawatch.kill()
                time.sleep(choices.uniform(0, 0.3))
                slawatch.start()
            time.sleep(0.005)
    for _ in kills:
        slawatch.kill()
        slawatch.start()
    assert slawatch.kills == 2
    installation.wait_until_decided(company)
    free = "SELECT count(*) FROM timer WHERE company_id = %s AND lease_until IS NULL"
    wait_for("all timers fire that no killed process holds", lambda: installation.value(free, company.id) == 0)
    claimed = installation.value("SELECT count(*) FROM timer WHERE company_id = %s", company.id)
    say(f"timers: {INCIDENTS - claimed} of {INCIDENTS} fired at once, {claimed} wait for the lease of a killed process")
    installation.advance_clock(31)
    wait_for("all incidents end", lambda: statuses(installation, company) == {"closed": INCIDENTS})
    assert_each_resolved_and_closed_once(installation, company, INCIDENTS)


def test_timers_that_a_killed_slawatch_had_claimed_fire_once_their_lease_is_over(installation: Installation):
    company = installation.create_company(
        "comp-lease", correlation={"auto_resolve_hold_seconds": 3600, "reopen_window_minutes": 0}
    )
    slawatch = installation.services["slawatch-1"]
    slawatch.wait_ready()
    for status in ("firing", "resolved"):
        post(installation, company, status, range(10))
        installation.wait_until_decided(company)
    timers = "SELECT count(*) FROM timer WHERE company_id = %s AND kind = 'resolve_hold'"
    assert installation.value(timers, company.id) == 10

    with installation.connect() as person, person.transaction():
        hold_lane(person, company)
        installation.advance_clock(3601)
        claimed = timers + " AND lease_until > aw_now()"
        wait_for("the timers are claimed", lambda: installation.value(claimed, company.id) == 10)
        slawatch.kill()
    slawatch.start()
    slawatch.wait_ready()
    assert statuses(installation, company) == {"new": 10}, "fired although the lease was another's"
    installation.advance_clock(31)
    wait_for("all incidents end", lambda: statuses(installation, company) == {"closed": 10})
    assert_each_resolved_and_closed_once(installation, company, 10)


def hold_lane(connection: psycopg.Connection, company: Company) -> None:
    """Nobody changes the company's incidents until the transaction ends, so a timer stays claimed and unfired."""
    connection.execute("SELECT 1 FROM correlation_lane WHERE company_id = %s FOR UPDATE", [company.id])
