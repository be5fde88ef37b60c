"""Measures the platform and Alertmanager beside it. Started by scripts/bench."""

import argparse
import contextlib
import datetime
import json
import os
import sys
from pathlib import Path

import machine
import report
from cells import PlatformBench, person_who_sees_all
from installation import Installation, PrivateCluster

SIZES = [(alerts, connections) for alerts in (1, 100) for connections in (1, 16, 64)]


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def throughput(bench: PlatformBench, seconds: int) -> list[dict[str, object]]:
    """The two programs take turns, so that each pair of figures comes from the same minute."""
    cells = []
    for alerts, connections in SIZES:
        say(f"{alerts} alert(s) a request, {connections} connection(s)")
        cells.append(bench.platform_cell(alerts, connections, seconds))
        say(f"  {report.line(cells[-1])}")
        cells.append(bench.alertmanager_cell(alerts, connections, seconds))
        say(f"  {report.line(cells[-1])}")
    return cells


def measure(arguments: argparse.Namespace) -> dict[str, object]:
    quick = arguments.quick
    result: dict[str, object] = {
        "at": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"), "quick": quick,
        "machine": machine.description(), "load_before": os.getloadavg()[0],
    }  # fmt: skip
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(PrivateCluster.running())
        installation = stack.enter_context(
            Installation.running(server, ingest=1, correlator=1, slawatch=1, console=1)
        )  # fmt: skip
        company = installation.create_company("comp-bench")
        installation.set_rate(company, per_minute=10_000_000, burst=10_000_000)
        bench = PlatformBench(installation, company, person_who_sees_all(installation))
        say("Warming up")
        bench.warm_up()
        if "latency" in arguments.only:
            say("500 alerts a second, and when their incidents are on the stream")
            result["latency"] = bench.latency(500, 10 if quick else 30)
        if "sustained" in arguments.only:
            say("4,000 alerts a second, and whether the Correlator keeps up")
            result["sustained"] = bench.sustained(4000, 20 if quick else 60)
        if "throughput" in arguments.only:
            result["cells"] = throughput(bench, 5 if quick else 20)
    result["targets"] = report.targets(result)
    return result


def main() -> int:
    parts = ("throughput", "sustained", "latency")
    parser = argparse.ArgumentParser(prog="scripts/bench")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--only", action="append", choices=parts)
    arguments = parser.parse_args()
    arguments.only = arguments.only or list(parts)
    result = measure(arguments)
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=2) + "\n")
    print(report.text(result))
    return 0 if all(target["met"] for target in result["targets"]) else 2


if __name__ == "__main__":
    sys.exit(main())
