"""Kills processes and starts them again, by a timetable drawn at random."""

import heapq
import random
import time
from collections.abc import Callable

from installation import Installation, PrivateCluster, ServiceProcess
from senders import BURST

KILLS = 2


class Disturbance:
    """Each service is killed twice within the time given, and PostgreSQL crashes once.

    The moments are drawn at random, each shortly after a burst of requests began, when there is something to lose.
    Run it from the main thread alone.
    """

    def __init__(self, installation: Installation, cluster: PrivateCluster, seconds: float, seed: int):
        self._random = random.Random(f"{seed}/disturbance")
        self._timetable: list[tuple[float, int, Callable[[], None]]] = []
        self.log: list[str] = []
        for process in installation.services.values():
            for turn in range(KILLS):
                # Turns do not overlap, but the second kill may well find the process still starting.
                first, last = (turn + 0.05) / KILLS * seconds, (turn + 0.95) / KILLS * seconds
                self._plan(process, self._busy(first, last - 1.5), self._random.uniform(0, 1.5))
        crash = self._busy(0.25 * seconds, 0.75 * seconds)
        self._at(crash, f"PostgreSQL crashes at {crash:.2f} s", cluster.crash)
        self._at(crash + self._random.uniform(0.1, 1), "PostgreSQL starts", cluster.start)

    def _busy(self, first: float, last: float) -> float:
        return self._random.uniform(first, last) // BURST * BURST + self._random.uniform(0, 0.15)

    def _plan(self, process: ServiceProcess, moment: float, down: float) -> None:
        self._at(moment, f"{process.name} is killed at {moment:.2f} s for {down:.1f} s", process.kill)
        self._at(moment + down, "", process.start)

    def _at(self, moment: float, what: str, action: Callable[[], None]) -> None:
        def act() -> None:
            if what:
                self.log.append(what)
            action()

        heapq.heappush(self._timetable, (moment, len(self._timetable), act))

    def run(self) -> None:
        start = time.monotonic()
        while self._timetable:
            moment, _, act = heapq.heappop(self._timetable)
            time.sleep(max(0.0, start + moment - time.monotonic()))
            act()
