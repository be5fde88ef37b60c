"""Requests made before they are sent: each body is unique, and each is signed as of now (good for five minutes).

The population is that of a middling client: 200 assets that raise 20 kinds of alerts, so the 4,000 identities repeat and
the alerts come together in incidents.
"""

import hmac
import itertools
import os
import time
from pathlib import Path

ASSETS = 200
KINDS = (
    "high_cpu_usage", "memory_pressure", "disk_full", "disk_latency", "network_packet_loss", "link_down",
    "service_down", "http_5xx_rate", "database_connections", "replication_lag", "certificate_expiry", "backup_failed",
    "login_failures", "malware_found", "instance_unreachable", "queue_length", "slow_queries", "clock_skew",
    "swap_usage", "process_restarts",
)
SEVERITIES = ("critical", "high", "medium", "low")

# Never repeats within a run: a signature is part of what makes a request known as a duplicate.
_numbers = itertools.count(time.time_ns())


def _pick(number: int) -> tuple[str, str, str]:
    """Asset, kind and severity: 4,000 numbers in a row meet every pair once, and neighbours differ in both."""
    asset = number * 7 % ASSETS
    kind = (number + number // ASSETS) % len(KINDS)
    return f"server-{asset:03}.client.example", KINDS[kind], SEVERITIES[kind % len(SEVERITIES)]


def alert(number: int) -> str:
    asset, kind, severity = _pick(number)
    return (
        f'{{"asset_name":"{asset}","signature":"{kind}","severity":"{severity}",'
        f'"message":"{kind} on {asset} is over its limit (sample {number})","tool_source":"Datadog",'
        f'"labels":{{"region":"eu-central-1","team":"platform"}}}}'
    )


def alertmanager_alert(number: int) -> str:
    asset, kind, severity = _pick(number)
    return (
        f'{{"labels":{{"alertname":"{kind}","instance":"{asset}","severity":"{severity}","tool":"Datadog",'
        f'"region":"eu-central-1","team":"platform"}},'
        f'"annotations":{{"message":"{kind} on {asset} is over its limit (sample {number})"}}}}'
    )


def _body(make, alerts: int) -> bytes:
    if alerts == 1:
        text = make(next(_numbers))
        return (text if make is alert else f"[{text}]").encode()
    return ("[" + ",".join(make(next(_numbers)) for _ in range(alerts)) + "]").encode()


def signed_head(host: str, key: str, secret: str, body: bytes, at: str) -> bytes:
    signature = hmac.digest(secret.encode(), at.encode() + b"." + body, "sha256").hex()
    return (
        f"POST /api/webhooks/alerts HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nX-API-Key: {key}\r\n"
        f"X-Timestamp: {at}\r\nX-Signature: sha256={signature}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()


def platform_requests(host: str, key: str, secret: str, alerts: int):
    """Endless requests to Ingest."""
    while True:
        body = _body(alert, alerts)
        yield signed_head(host, key, secret, body, str(int(time.time()))) + body


def alertmanager_requests(host: str, alerts: int):
    """Endless requests to Alertmanager."""
    while True:
        body = _body(alertmanager_alert, alerts)
        yield (
            f"POST /api/v2/alerts HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode() + body


def write(directory: Path, requests, count: int, threads: int) -> None:
    """Puts `count` requests into one file per thread of wrk, and into the page cache."""
    directory.mkdir(parents=True, exist_ok=True)
    for thread in range(threads):
        with open(directory / str(thread), "wb", buffering=1 << 20) as file:
            for request in itertools.islice(requests, -(-count // threads)):
                file.write(b"%010d" % len(request))
                file.write(request)
        os.utime(directory / str(thread))
