"""Load, made by Debian's wrk of requests that were made beforehand."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import payloads
from installation import programs

SCRIPT = Path(__file__).with_name("wrk.lua")


@dataclass
class Outcome:
    """What wrk measured. Times are from the first byte sent to the answer, in milliseconds."""

    alerts: int
    seconds: float
    requests: int
    not_ok: int
    broken: int
    missing: int
    p50_ms: float
    p90_ms: float
    p99_ms: float
    max_ms: float

    @property
    def accepted(self) -> int:
        return (self.requests - self.not_ok) * self.alerts

    @property
    def rate(self) -> float:
        """Accepted alerts a second."""
        return self.accepted / self.seconds


class Load:
    """One run of wrk against one address.

    Without a rate, each connection sends its next request as soon as the last is answered. With one, requests keep to a
    schedule.
    """

    def __init__(
        self, address: str, requests: Iterator[bytes], *, alerts: int, connections: int, seconds: int,
        most_per_second: int, rate: float = 0,
    ):  # fmt: skip
        self.alerts = alerts
        self._threads = min(2, connections)
        self._directory = Path(tempfile.mkdtemp(prefix="aw-bench."))
        payloads.write(self._directory, requests, most_per_second * seconds, self._threads)
        self._command = [
            programs.tool("wrk"), "-t", self._threads, "-c", connections, "-d", f"{seconds}s", "--timeout", "10s",
            "-s", SCRIPT, f"http://{address}", "--", self._directory,
        ]  # fmt: skip
        if rate:
            self._command.append(rate / self._threads)
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> "Load":
        self._process = subprocess.Popen(list(map(str, self._command)), stdout=subprocess.PIPE, text=True)
        return self

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def finish(self) -> Outcome:
        assert self._process is not None
        output, _ = self._process.communicate()
        shutil.rmtree(self._directory)
        assert self._process.returncode == 0, f"wrk failed: {output[-2000:]}"
        return Outcome(alerts=self.alerts, **json.loads(output.splitlines()[-1]))


def until_enough(make: Callable[[int], Load], most_per_second: int, run: Callable[[Load], Outcome]) -> Outcome:
    """Runs again with more requests when those that were made did not last."""
    for _ in range(3):
        outcome = run(make(most_per_second))
        if not outcome.missing:
            return outcome
        most_per_second *= 2
    raise AssertionError("the requests made beforehand never lasted")
