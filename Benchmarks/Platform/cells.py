"""What is measured of the platform, and of Alertmanager beside it."""

import json
import re
import time
import urllib.request
from dataclasses import asdict

import payloads
from alertmanager import Alertmanager
from installation import Company, Installation, wait_for
from load import Load, Outcome, until_enough
from machine import Others, resident_mb
from probe import Probe, percentile

# More requests a second than either program has answered on the machines that we know.
MOST = {("platform", 1): 14_000, ("platform", 100): 450, ("alertmanager", 1): 30_000, ("alertmanager", 100): 900}


class PlatformBench:
    def __init__(self, installation: Installation, company: Company, person: dict[str, str]):
        self.installation = installation
        self.company = company
        self.person = person
        self.ingest = installation.ports("ingest")[0]
        self.console = installation.ports("console")[0]

    # MARK: Cells

    def platform_cell(self, alerts: int, connections: int, seconds: int) -> dict[str, object]:
        """As many as it takes, with twenty probes a second beside them."""
        others, probes = Others(), []

        def run(load: Load) -> Outcome:
            nonlocal others
            others = Others()
            probes.append(self._probe(load, rate=20))
            return load.finish()

        before = self._accepted_alerts()
        outcome = until_enough(
            lambda most: self._load(alerts, connections, seconds, most), MOST["platform", alerts], run)  # fmt: skip
        percent = others.percent()
        if len(probes) == 1:
            self._check(outcome, probes[0], self._accepted_alerts() - before, connections * alerts)
        return self._cell("Alert Whisperer", alerts, connections, outcome, percent) | {
            "stream_p50_ms": percentile(probes[-1].stream_ms(), 50),
            "stream_p99_ms": percentile(probes[-1].stream_ms(), 99),
            "probes": probes[-1].sent,
            "memory_mb": self.memory(),
            "worked_off_s": self._until_decided(),
        }

    def alertmanager_cell(self, alerts: int, connections: int, seconds: int) -> dict[str, object]:
        with Alertmanager.running() as alertmanager:
            address, others = alertmanager.address, Others()

            def make(most: int) -> Load:
                return Load(
                    address, payloads.alertmanager_requests(address, alerts), alerts=alerts, connections=connections,
                    seconds=seconds, most_per_second=most,
                )  # fmt: skip

            def run(load: Load) -> Outcome:
                nonlocal others
                others = Others()
                return load.start().finish()

            outcome = until_enough(make, MOST["alertmanager", alerts], run)
            percent = others.percent()
            memory = {"alertmanager": resident_mb(alertmanager.process)}
            return self._cell("Alertmanager", alerts, connections, outcome, percent) | {"memory_mb": memory}

    @staticmethod
    def _cell(target: str, alerts: int, connections: int, outcome: Outcome, others: float) -> dict[str, object]:
        figures = {name: value for name, value in asdict(outcome).items() if name not in ("alerts", "missing")}
        return {
            "target": target, "alerts": alerts, "connections": connections, "alerts_per_second": outcome.rate,
            **figures, "others_percent": others,
        }  # fmt: skip

    # MARK: Tests over time

    def sustained(self, rate: int, seconds: int) -> dict[str, object]:
        """Whether the Correlator keeps up: the alerts without a fate, once a second, while `rate` a second arrive."""
        load = self._load(1, 64, seconds, rate + 100, rate)
        others = Others()
        load.start()
        backlog: list[int] = []
        while load.is_running:
            time.sleep(1)
            backlog.append(self.installation.value("SELECT count(*) FROM undecided_alert"))
        outcome = load.finish()
        percent = others.percent()
        memory = self.memory()
        # The first seconds fill caches; the last sample may be of a run that has ended.
        samples = backlog[5:-1]
        return {
            "rate": rate, "alerts_per_second": outcome.rate, "seconds": outcome.seconds, "not_ok": outcome.not_ok,
            "p50_ms": outcome.p50_ms, "p99_ms": outcome.p99_ms, "backlog": backlog, "backlog_highest": max(samples),
            "backlog_growth_per_second": slope(samples), "others_percent": percent, "memory_mb": memory,
            "worked_off_s": self._until_decided(),
        }  # fmt: skip

    def latency(self, rate: int, seconds: int) -> dict[str, object]:
        """From the answer to the incident on the stream while `rate` alerts a second arrive, one in ten a probe."""
        load = self._load(1, 16, seconds, rate, rate * 9 // 10)
        others = Others()
        probe = self._probe(load, rate=rate // 10)
        outcome = load.finish()
        self._until_decided()
        return {
            "rate": rate, "alerts_per_second": outcome.rate + probe.sent / seconds, "seconds": outcome.seconds,
            "not_ok": outcome.not_ok + probe.refused, "probes": probe.sent, "probes_lost": probe.lost,
            "answer_p50_ms": percentile(probe.answers_ms, 50), "answer_p99_ms": percentile(probe.answers_ms, 99),
            "stream_p50_ms": percentile(probe.stream_ms(), 50), "stream_p99_ms": percentile(probe.stream_ms(), 99),
            "stream_max_ms": max(probe.stream_ms(), default=None), "others_percent": others.percent(),
        }  # fmt: skip

    # MARK: Parts

    def warm_up(self) -> None:
        """The first alert of each identity, connections, caches and plans; not measured."""
        self._load(100, 4, 3, 100, 20).start().finish()
        self._load(1, 16, 3, 2_000, 1_000).start().finish()
        self._until_decided()

    def memory(self) -> dict[str, float]:
        return {process.name: resident_mb(process.pid) for process in self.installation.services.values()}

    def _load(self, alerts: int, connections: int, seconds: int, most: int, rate: float = 0) -> Load:
        address = f"127.0.0.1:{self.ingest}"
        requests = payloads.platform_requests(address, self.company.api_key, self.company.hmac_secret, alerts)
        return Load(
            address, requests, alerts=alerts, connections=connections, seconds=seconds, most_per_second=most,
            rate=rate / alerts,
        )  # fmt: skip

    def _probe(self, load: Load, rate: float) -> Probe:
        probe = Probe(self.ingest, self.console, self.company, self.person)
        load.start()
        probe.run(rate, lambda: load.is_running)
        return probe

    def _accepted_alerts(self) -> int:
        """What Ingest itself has counted."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.ingest}/metrics", timeout=10) as page:
            found = re.search(r"^aw_ingest_accepted_alerts (\d+)", page.read().decode(), re.MULTILINE)
        return int(found[1]) if found else 0

    @staticmethod
    def _check(outcome: Outcome, probe: Probe, counted: int, in_flight: int) -> None:
        """Both ends must have counted the same, but for requests that wrk no longer waited for."""
        unheard = counted - probe.sent - outcome.accepted
        assert 0 <= unheard <= in_flight, f"wrk and the probe were answered {outcome.accepted + probe.sent}, not {counted}"

    def _until_decided(self) -> float:
        """Seconds until every alert has a fate."""
        started = time.monotonic()
        wait_for("every alert has a fate", self._is_decided, seconds=600, pause=0.1)
        return time.monotonic() - started

    def _is_decided(self) -> bool:
        return not self.installation.value("SELECT EXISTS (SELECT FROM undecided_alert) AS waiting")


def slope(values: list[int]) -> float:
    """By how much a straight line through values of every second rises a second."""
    middle = (len(values) - 1) / 2
    mean = sum(values) / len(values)
    spread = sum((place - middle) ** 2 for place in range(len(values)))
    return sum((place - middle) * (value - mean) for place, value in enumerate(values)) / spread


def person_who_sees_all(installation: Installation) -> dict[str, str]:
    made = json.loads(
        installation.command("user", "create", "bench@example.com", "--role", "msp_admin", "--json")
    )  # fmt: skip
    return {"email": "bench@example.com", "password": made["password"]}
