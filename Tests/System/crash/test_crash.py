"""Any process can be killed at any moment without losing anything."""

import itertools
import json
import time
from collections import Counter
from collections.abc import Iterator

import pytest

import records
from disturbance import KILLS, Disturbance
from installation import Company, Installation, PrivateCluster
from plan import ALERTS, Plan
from senders import Delivery, Fleet, base_time, send_once

# For how long processes are killed while alerts come in.
SECONDS = 20


@pytest.fixture(scope="module")
def installation(cluster: PrivateCluster) -> Iterator[Installation]:
    with Installation.running(cluster, ingest=2, correlator=2, slawatch=1, console=1) as installation:
        yield installation


def company(installation: Installation, plan: Plan, id: str) -> Company:
    """A company with the plan's dependencies, whose incidents do not resolve by themselves within the test."""
    made = installation.create_company(id, correlation={"auto_resolve_hold_seconds": 3600})
    with installation.connect() as admin:
        for name in sorted(set(plan.depends_on) | set(plan.depends_on.values())):
            admin.execute(
                "INSERT INTO asset (company_id, id, name, depends_on, created_at, updated_at) "
                "VALUES (%s, %s, %s, %s, aw_now(), aw_now())",
                [id, f"{id}-{name}", name, [f"{id}-{plan.depends_on[name]}"] if name in plan.depends_on else []],
            )
    return made


def test_kills_and_a_database_crash_lose_nothing_and_change_nothing(
    installation: Installation, cluster: PrivateCluster, seed: int, say
):
    plan = Plan(seed)
    assert len(plan.alerts) == ALERTS

    calm = company(installation, plan, "comp-calm")
    installation.set_rate(calm, 10_000_000, 10_000_000)
    calm_base = base_time()
    undisturbed = Fleet(plan, calm, installation.ports("ingest"), calm_base)
    began = time.monotonic()
    undisturbed.start()
    undisturbed.finish()
    installation.wait_until_decided(calm)
    say(f"undisturbed: {ALERTS} alerts in {time.monotonic() - began:.1f} s, {dict(undisturbed.seen)}")

    storm = company(installation, plan, "comp-storm")
    # Enough for the pace, but in debt for a second: the first are told to wait.
    installation.set_rate(storm, per_minute=15_000, burst=120, tokens=-250)
    storm_base = base_time()
    fleet = Fleet(
        plan, storm, installation.ports("ingest"), storm_base, seconds=SECONDS - 2, impatience=0.04, seed=seed
    )
    disturbance = Disturbance(installation, cluster, SECONDS, seed)
    began = time.monotonic()
    fleet.start()
    disturbance.run()
    fleet.finish()
    sent = time.monotonic() - began
    for process in installation.services.values():
        process.wait_ready()
    installation.wait_until_decided(storm)
    say("; ".join(disturbance.log))
    decided = time.monotonic() - began
    say(f"disturbed: sent in {sent:.1f} s, decided after {decided:.1f} s, {dict(sorted(fleet.seen.items()))}")

    for sent_by, of in ((undisturbed, calm), (fleet, storm)):
        assert_every_answered_alert_is_there_once(installation, of, sent_by.deliveries)
        assert_every_alert_has_its_fate(installation, of, plan)
        assert_incidents_are_those_of_the_plan(installation, of, plan)
    before = records.incidents(installation, calm, calm_base)
    after = records.incidents(installation, storm, storm_base)
    for calm_incident, storm_incident in zip(before, after, strict=True):
        assert storm_incident == calm_incident
    assert_repeats_change_nothing(installation, storm, fleet.deliveries)

    # What was meant to happen did.
    assert all(process.kills == KILLS for process in installation.services.values())
    assert "automatic recovery in progress" in cluster.log.read_text()
    assert fleet.seen["429"] > 0 and sum(n for what, n in fleet.seen.items() if what.startswith("no answer")) > 0
    assert fleet.seen["200"] > 0, "no repeat was recognised"
    assert fleet.seen["no answer (TimeoutError)"] == 0, "a request was left without an answer"


def assert_every_answered_alert_is_there_once(
    installation: Installation, company: Company, deliveries: list[Delivery]
) -> None:
    found = records.alerts(installation, company)
    times = Counter(alert["number"] for alert in found)
    assert times == Counter(range(ALERTS)), "alerts that are missing or there more than once"
    numbers = {alert["id"]: alert["number"] for alert in found}
    requests = records.requests(installation, company)
    # No alert belongs to no request, and no request is known that nobody sent.
    assert sorted(id for ids in requests.values() for id in ids) == sorted(numbers)
    assert set(requests) == {delivery.request_key(company) for delivery in deliveries}
    for delivery in deliveries:
        ids = delivery.answer["alert_ids"]
        assert ids == requests[delivery.request_key(company)]
        assert [numbers[id] for id in ids] == [alert.number for alert in delivery.alerts]
        assert delivery.answer["accepted"] == len(ids)
        assert delivery.answer["duplicate"] == (delivery.status == 200)


def assert_every_alert_has_its_fate(installation: Installation, company: Company, plan: Plan) -> None:
    kinds = {alert.number: alert.fields["status"] for alert in plan.alerts}
    for alert in records.alerts(installation, company):
        assert alert["event"] == kinds[alert["number"]]
        allowed = ("opened", "joined") if alert["event"] == "firing" else ("resolved", "noted")
        assert alert["fate"] in allowed, alert
        if alert["fate"] != "noted":
            assert alert["incident_status"] == "new", alert


def assert_incidents_are_those_of_the_plan(installation: Installation, company: Company, plan: Plan) -> None:
    incidents = records.incidents(installation, company, base_time())
    found = {
        (incident["signature"], incident["primary_asset"]): (
            incident["alert_count"], incident["firing_identities"], {asset for asset, *_ in incident["assets"]},
        )
        for incident in incidents
    }  # fmt: skip
    assert len(found) == len(incidents)
    assert found == {
        key: (expected.alert_count, expected.firing_identities, expected.assets)
        for key, expected in plan.expected.items()
    }
    # A roll-up takes three assets: the first two of the later ones had incidents of their own, which ended in it.
    rolled_up = [incident for incident in incidents if incident["is_rolled_up"]]
    assert records.merged_by_signature(installation, company) == {incident["signature"]: 2 for incident in rolled_up}
    for incident in rolled_up:
        assert incident["title"].endswith(f" Across {incident['asset_count']} Servers")

    # Each incident was opened once, ended in another at most once, and nothing else happened to it.
    lives = records.journal_counts(installation, company)
    assert len(lives) == len(incidents) + 2 * len(rolled_up)
    for life in lives.values():
        assert life.pop("incident.opened", 0) == 1
        assert life.pop("incident.merged", 0) <= 1
        assert set(life) <= {"incident.updated"}


def assert_repeats_change_nothing(installation: Installation, company: Company, deliveries: list[Delivery]) -> None:
    """Whoever sends again what was answered already, at any Ingest, is given the first answer."""
    before = installation.value("SELECT count(*) FROM alert WHERE company_id = %s", company.id)
    ports = itertools.cycle(installation.ports("ingest"))
    for delivery in deliveries[:: len(deliveries) // 50]:
        answer = send_once(delivery, company, next(ports))
        assert answer.status == 200, answer.text
        assert json.loads(answer.text)["alert_ids"] == delivery.answer["alert_ids"]
    assert installation.value("SELECT count(*) FROM alert WHERE company_id = %s", company.id) == before
    installation.wait_until_decided(company, seconds=0)
