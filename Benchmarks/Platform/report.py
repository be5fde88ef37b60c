"""What was measured, as tables for people, and held against the targets."""

# Above this share of the machine, others took so much that figures say little.
OTHERS_PERCENT = 10


def number(value: float | None, digits: int = 1) -> str:
    return "-" if value is None else f"{value:,.{digits}f}"


def table(head: list[str], rows: list[list[str]]) -> str:
    widths = [max(len(row[place]) for row in [head, *rows]) for place in range(len(head))]
    lines = []
    for row in [head, *rows]:
        cells = [cell.ljust(width) if place == 0 else cell.rjust(width) for place, (cell, width) in enumerate(zip(row, widths))]
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def line(cell: dict) -> str:
    parts = [
        f"{cell['target']}: {number(cell['alerts_per_second'], 0)} alerts/s",
        f"answer {number(cell['p50_ms'])} / {number(cell['p99_ms'])} ms",
    ]
    if "stream_p50_ms" in cell:
        parts.append(f"to the stream {number(cell['stream_p50_ms'])} / {number(cell['stream_p99_ms'])} ms")
    parts.append(f"others {number(cell['others_percent'], 0)} %")
    if cell["not_ok"] or cell["broken"]:
        parts.append(f"{cell['not_ok']} refused, {cell['broken']} broken")
    return ", ".join(parts)


def pairs(result: dict) -> list[tuple[dict, dict]]:
    cells = result.get("cells", [])
    return list(zip(cells[::2], cells[1::2]))


def throughput(result: dict) -> str:
    rows = []
    for ours, theirs in pairs(result):
        rows.append(
            [
                f"{ours['alerts']} x {ours['connections']}", number(ours["alerts_per_second"], 0),
                number(theirs["alerts_per_second"], 0), number(ours["alerts_per_second"] / theirs["alerts_per_second"], 2),
                f"{number(ours['p50_ms'])} / {number(ours['p99_ms'])}", f"{number(theirs['p50_ms'])} / {number(theirs['p99_ms'])}",
                number(ours["p99_ms"] / theirs["p99_ms"], 2) if theirs["p99_ms"] else "-",
                f"{number(ours['stream_p50_ms'])} / {number(ours['stream_p99_ms'])}", number(ours["worked_off_s"]),
                f"{number(ours['others_percent'], 0)} / {number(theirs['others_percent'], 0)}",
            ]
        )  # fmt: skip
    head = [
        "alerts x connections", "alerts/s", "Alertmanager", "ratio", "answer p50 / p99 ms", "Alertmanager", "p99 ratio",
        "to stream p50 / p99 ms", "worked off s", "others %",
    ]  # fmt: skip
    return table(head, rows)


def memory(result: dict) -> str:
    columns: dict[str, dict[str, float]] = {}
    for cell in result.get("cells", []):
        name = f"{cell['alerts']} x {cell['connections']}"
        columns.setdefault(name, {}).update(cell["memory_mb"])
    if "sustained" in result:
        columns["sustained"] = result["sustained"]["memory_mb"]
    processes = sorted({process for column in columns.values() for process in column})
    rows = [[process, *(number(column.get(process), 0) for column in columns.values())] for process in processes]
    return table(["MB (RSS)", *columns], rows) if rows else ""


def targets(result: dict) -> list[dict]:
    """Each with what is wanted, what was measured, and whether that is met."""
    found: list[dict] = []

    def hold(name: str, measured: float | None, wanted: float, at_least: bool) -> None:
        met = measured is not None and (measured >= wanted if at_least else measured <= wanted)
        found.append(
            {"name": name, "wanted": wanted, "at_least": at_least, "measured": measured, "met": met}
        )  # fmt: skip

    for ours, theirs in pairs(result):
        if ours["connections"] == 64:
            ratio = ours["alerts_per_second"] / theirs["alerts_per_second"]
            hold(f"{ours['alerts']} alert(s) a request, 64 connections: times Alertmanager's rate", ratio, 0.4, True)
            if ours["alerts"] == 1:
                hold("1 alert a request, 64 connections: answer p99, ms", ours["p99_ms"], 25, False)
    if sustained := result.get("sustained"):
        hold("4,000 alerts/s: accepted a second", sustained["alerts_per_second"], 0.99 * sustained["rate"], True)
        hold("4,000 alerts/s: growth of the backlog a second", sustained["backlog_growth_per_second"], 40, False)
    if latency := result.get("latency"):
        hold("500 alerts/s: answer to the incident on the stream p99, ms", latency["stream_p99_ms"], 100, False)
        hold("500 alerts/s: probes that never came to the stream", latency["probes_lost"], 0, False)
    used = [cell["memory_mb"] for cell in result.get("cells", []) if cell["target"] != "Alertmanager"]
    used += [result["sustained"]["memory_mb"]] if "sustained" in result else []
    if used:
        hold("memory of the largest service, MB", max(max(one.values()) for one in used), 150, False)
    return found


def text(result: dict) -> str:
    place = result["machine"]
    parts = [
        f"{result['at']}, {place['processors']} x {place['model']}, {place['memory_gb']} GB, Linux {place['kernel']}, load "
        f"before {result['load_before']:.1f}" + (", quick" if result["quick"] else "")
    ]
    if result.get("cells"):
        parts.append(throughput(result))
    if latency := result.get("latency"):
        parts.append(
            f"{number(latency['alerts_per_second'], 0)} alerts/s: answer {number(latency['answer_p50_ms'])} / "
            f"{number(latency['answer_p99_ms'])} ms, from it to the stream {number(latency['stream_p50_ms'])} / "
            f"{number(latency['stream_p99_ms'])} ms, at most {number(latency['stream_max_ms'])} ms, "
            f"{latency['probes']} probes, others {number(latency['others_percent'], 0)} %"
        )
    if sustained := result.get("sustained"):
        parts.append(
            f"{number(sustained['alerts_per_second'], 0)} alerts/s for {number(sustained['seconds'], 0)} s: answer "
            f"{number(sustained['p50_ms'])} / {number(sustained['p99_ms'])} ms, alerts without a fate at most "
            f"{number(sustained['backlog_highest'], 0)}, growing by {number(sustained['backlog_growth_per_second'])} a "
            f"second, others {number(sustained['others_percent'], 0)} %"
        )
    if held := memory(result):
        parts.append(held)
    rows = [
        [
            target["name"], f"{'>=' if target['at_least'] else '<='} {number(target['wanted'], 2).rstrip('0').rstrip('.')}",
            number(target["measured"], 2), "met" if target["met"] else "MISSED",
        ]
        for target in result["targets"]
    ]  # fmt: skip
    parts.append(table(["target", "wanted", "measured", ""], rows))
    shares = [cell["others_percent"] for cell in result.get("cells", [])]
    shares += [result[part]["others_percent"] for part in ("latency", "sustained") if part in result]
    if max(shares, default=0) > OTHERS_PERCENT:
        parts.append(
            f"Other programs took up to {number(max(shares), 0)} % of the processors meanwhile: absolute figures are too "
            "low, and only ratios of one line say something."
        )
    return "\n\n".join(parts)
