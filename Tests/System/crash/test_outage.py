"""While no database answers, Ingest takes nothing that it can't keep, and says so in time."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from installation import Installation, PrivateCluster
from plan import Plan
from senders import PATIENCE, Answer, Fleet, base_time, send_once

# Early enough that the answer still reaches them.
IN_TIME = PATIENCE - 2
REQUESTS = 16


@pytest.fixture
def installation(cluster: PrivateCluster) -> Iterator[Installation]:
    with Installation.running(cluster, ingest=2, correlator=1) as installation:
        yield installation


def test_in_an_outage_senders_are_told_to_come_back_before_they_lose_patience(
    installation: Installation, cluster: PrivateCluster, say
):
    company = installation.create_company("comp-outage")
    ports = installation.ports("ingest")
    requests = [delivery for delivery in Fleet(Plan(0), company, ports, base_time()).deliveries if delivery.delivery_id]
    requests = requests[:REQUESTS]
    # One Ingest knows the key already, the other has to look it up.
    assert send_once(requests[0], company, ports[0]).status == 202

    cluster.crash()
    try:
        with ThreadPoolExecutor(REQUESTS) as senders:
            answers: list[Future[Answer]] = []
            for turn, request in enumerate(requests):
                answers.append(senders.submit(send_once, request, company, ports[turn % 2]))
                time.sleep(0.2)
        refused = [answer.result() for answer in answers]
    finally:
        cluster.start()
    assert {answer.status for answer in refused} == {503}
    assert all(int(answer.headers["Retry-After"]) <= 5 for answer in refused)
    slowest = max(answer.seconds for answer in refused)
    say(f"outage: {REQUESTS} requests refused, the slowest after {slowest:.1f} s")
    assert slowest < IN_TIME

    for process in installation.services.values():
        process.wait_ready()
    accepted = [send_once(request, company, ports[turn % 2]) for turn, request in enumerate(requests)]
    assert [answer.status for answer in accepted] == [200] + [202] * (REQUESTS - 1)
    ids = [id for answer in accepted for id in json.loads(answer.text)["alert_ids"]]
    assert sorted(row["id"] for row in installation.rows("SELECT id::text FROM alert")) == sorted(ids)
