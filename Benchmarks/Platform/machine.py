"""What the machine and our processes use."""

import os
import time
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def _stat(process: int) -> list[str]:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()


def resident_mb(process: int) -> float:
    """Memory that a process holds now (RSS), in MB of 10^6 bytes."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0


def _busy_seconds() -> float:
    """What all processors spent in processes since the start of the machine."""
    user, nice, system = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:4]
    return (int(user) + int(nice) + int(system)) / TICKS


def _own_seconds() -> float:
    """What this process and all that descend from it have spent, also those that ended."""
    parents: dict[int, list[int]] = {}
    spent: dict[int, float] = {}
    for entry in os.scandir("/proc"):
        if not entry.name.isdigit():
            continue
        try:
            fields = _stat(int(entry.name))
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(entry.name))
        spent[int(entry.name)] = sum(int(ticks) for ticks in fields[11:15]) / TICKS
    total, waiting = 0.0, [os.getpid()]
    while waiting:
        process = waiting.pop()
        total += spent.get(process, 0)
        waiting += parents.get(process, [])
    return total


class Others:
    """How much of the machine processes took that are not ours, while something was measured.

    Figures taken while others work are too low; compare those of two programs only when both had the machine alike.
    """

    def __init__(self):
        self._at, self._busy, self._own = time.monotonic(), _busy_seconds(), _own_seconds()

    def percent(self) -> float:
        """Of all processors, since this was made."""
        passed = (time.monotonic() - self._at) * (os.cpu_count() or 1)
        others = _busy_seconds() - self._busy - (_own_seconds() - self._own)
        return max(0.0, 100 * others / passed)


def description() -> dict[str, object]:
    model = next(
        (line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        "unknown",
    )
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "processors": os.cpu_count(),
        "model": model,
        "memory_gb": round(pages / 1e9, 1),
        "kernel": os.uname().release,
    }
