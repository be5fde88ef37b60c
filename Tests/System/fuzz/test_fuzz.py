"""Twenty thousand requests of which hardly one is right: nothing makes Ingest fail, hang, grow or lose what it took."""

import concurrent.futures
import json
import multiprocessing
import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import parts
import pytest
from targets import Report, Target
from wire import Wire

from installation import Installation, PostgresServer, wait_for

PROCESSES = 3
# Seconds that a client may take for a head and for a body here.
PATIENCE = 3
# Megabytes that Ingest may hold more at the end than when a tenth was done: allocator's slack, and no more.
GROWTH_MB = 40


class Fuzz:
    """The platform under test, and what all processes reported."""

    def __init__(self, installation: Installation, target: Target, seed: int):
        self.installation, self.target, self.seed = installation, target, seed
        self.ingest = installation.services["ingest-1"]
        self.pids = {process.name: process.pid for process in installation.services.values()}
        self.total = Report()

    def spread(self, part: Callable[..., Report], examples: int) -> Report:
        """Runs a part in several processes."""
        report, context = Report(), multiprocessing.get_context("spawn")
        with concurrent.futures.ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
            share = -(-examples // PROCESSES)
            runs = [pool.submit(part, self.target, share, self.seed + number) for number in range(PROCESSES)]
            for run in runs:
                report.add(run.result())
        self.total.add(report)
        return report

    def status(self, field: str) -> int:
        """A number of /proc/…/status of Ingest."""
        text = Path(f"/proc/{self.ingest.pid}/status").read_text()
        return next(int(line.split()[1]) for line in text.splitlines() if line.startswith(field + ":"))

    @property
    def memory_mb(self) -> float:
        return self.status("VmRSS") / 1024

    @property
    def descriptors(self) -> int:
        return len(os.listdir(f"/proc/{self.ingest.pid}/fd"))


@pytest.fixture(scope="module")
def fuzz(seed: int) -> Iterator[Fuzz]:
    with PostgresServer.any() as server:
        patience = {"AW_INGEST_HEAD_SECONDS": str(PATIENCE), "AW_INGEST_BODY_SECONDS": str(PATIENCE)}
        with Installation.running(server, ingest=1, correlator=1, environment=patience) as installation:
            companies = []
            for name in ("signing", "bearer", "secret-url", "limited"):
                company = installation.create_company(f"comp-{name}")
                if name != "limited":
                    installation.set_rate(company, per_minute=10_000_000, burst=10_000_000)
                if name in ("bearer", "secret-url"):
                    installation.set_authentication(company, name.replace("-", "_"))
                companies.append(company)
            yield Fuzz(installation, Target(installation.ports("ingest")[0], *companies), seed)


def check(fuzz: Fuzz, say, what: str, part: Callable[..., Report], examples: int) -> Report:
    began = time.monotonic()
    report = fuzz.spread(part, examples)
    answers = ", ".join(f"{count} x {status}" for status, count in sorted(report.statuses.items()))
    say(f"{what}: {report.requests} answers in {time.monotonic() - began:.0f} s ({answers}), {fuzz.memory_mb:.0f} MB")
    assert not report.failures, "\n\n".join(report.failures[:3])
    assert fuzz.ingest.pid == fuzz.pids["ingest-1"]
    return report


def test_warms_up(fuzz: Fuzz, say) -> None:
    for part in (parts.bodies, parts.headers, parts.garbage):
        check(fuzz, say, f"warm-up with {part.__name__}", part, 700)
    fuzz.before = (fuzz.memory_mb, fuzz.descriptors)


def test_any_body_is_stored_or_refused_with_a_reason(fuzz: Fuzz, say) -> None:
    report = check(fuzz, say, "bodies", parts.bodies, 9_000)
    assert report.statuses["202"] > 500 and report.statuses["422"] > 500 and report.statuses["400"] > 500


def test_nothing_in_a_head_opens_the_gate(fuzz: Fuzz, say) -> None:
    report = check(fuzz, say, "heads", parts.headers, 6_000)
    assert report.statuses["202"] > 300 and report.statuses["401"] > 300


def test_bytes_that_are_no_http_are_answered_or_cut_off(fuzz: Fuzz, say) -> None:
    report = check(fuzz, say, "garbage", parts.garbage, 3_000)
    assert report.statuses["202"] > 300 and report.statuses["400"] > 300


def test_clients_that_stop_halfway_are_cut_off(fuzz: Fuzz) -> None:
    wires = parts.quiet(fuzz.target)
    kept: list[float | None] = [None] * len(wires)

    def watch(number: int) -> None:
        kept[number] = wires[number].seconds_until_closed(PATIENCE + 6)
        wires[number].close()

    watchers = [threading.Thread(target=watch, args=[number]) for number in range(len(wires))]
    for watcher in watchers:
        watcher.start()
    for watcher in watchers:
        watcher.join()
    assert all(seconds is not None for seconds in kept), f"kept for seconds: {kept}"


@pytest.mark.parametrize("key", ["asset|signature", "asset|signature|tool", "signature", "asset"])
def test_the_largest_texts_that_are_accepted_are_decided_too(fuzz: Fuzz, key: str) -> None:
    """They become keys, and an index takes no key of more than a third of a page."""
    chance = random.Random(fuzz.seed)
    company = fuzz.installation.create_company(f"comp-{key.replace('|', '-')}-{'x' * 30}", correlation={"key": key})

    def text(length: int) -> str:
        """Characters of two bytes each, which hardly compress."""
        return "".join(chr(chance.randrange(0x80, 0x800)) for _ in range(length))

    alert = {
        "asset_name": text(255), "signature": text(255), "severity": "low", "message": text(8192), "tool_source": text(255),
        "labels": {text(255): text(4096) for _ in range(5)}, "links": ["https://" + text(2000)] * 20,
    }  # fmt: skip
    for body in (alert, alert | {"dedup_key": text(512)}, alert | {"status": "resolved"}):
        raw = json.dumps(body, ensure_ascii=False).encode()
        wire = Wire(fuzz.target.port)
        wire.send(parts.signed(company, raw))
        answer = wire.answer()
        wire.close()
        fuzz.total.note(answer)
        assert answer.status == 202, answer.body
    fuzz.installation.wait_until_decided(company)


def test_nothing_crashed_hung_or_grew(fuzz: Fuzz, say) -> None:
    assert fuzz.total.requests >= 20_000, f"only {fuzz.total.requests} answers"
    assert {process.name: process.pid for process in fuzz.installation.services.values()} == fuzz.pids
    assert fuzz.ingest.is_ready()
    memory, descriptors = fuzz.before
    wait_for("every connection is closed", lambda: fuzz.descriptors <= descriptors + 3, seconds=15)
    say(f"{fuzz.total.requests} answers; memory {memory:.0f} MB after the warm-up, {fuzz.memory_mb:.0f} MB at the end")
    assert fuzz.memory_mb <= memory + GROWTH_MB


def test_every_accepted_alert_is_stored_once_and_decided(fuzz: Fuzz) -> None:
    stored = [row["id"] for row in fuzz.installation.rows("SELECT id::text AS id FROM alert")]
    assert len(stored) == len(set(stored))
    missing = fuzz.total.accepted - set(stored)
    assert not missing, f"{len(missing)} of {len(fuzz.total.accepted)} accepted alerts are not stored"
    for company in fuzz.target.companies:
        fuzz.installation.wait_until_decided(company, seconds=60)
