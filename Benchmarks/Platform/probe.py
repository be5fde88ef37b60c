"""How long it takes from the answer to a webhook to its incident on the live stream."""

import asyncio
import http.client
import itertools
import json
import time
from collections.abc import Callable

import payloads
from installation import Company
from websockets.asyncio.client import connect


class Probe:
    """Sends alerts of kinds that nobody has seen, each of which opens an incident, and waits for `incident.opened`.

    Keeps to its schedule whatever the answers take (open loop). Goes on as long as `is_wanted` says so.
    """

    def __init__(self, ingest: int, console: int, company: Company, credentials: dict[str, str]):
        self._ingest = ingest
        self._console = console
        self._company = company
        self._token = self._sign_in(credentials)
        self._answered: dict[str, float] = {}
        self._seen: dict[str, float] = {}
        self.answers_ms: list[float] = []
        self.refused = 0

    def run(self, rate: float, is_wanted: Callable[[], bool], patience: float = 90) -> None:
        asyncio.run(self._run(rate, is_wanted, patience))

    @property
    def sent(self) -> int:
        return len(self._answered)

    @property
    def lost(self) -> int:
        """Answered, and never seen on the stream."""
        return sum(1 for kind in self._answered if kind not in self._seen)

    def stream_ms(self) -> list[float]:
        """From the answer to the frame; 0 where the frame was there first."""
        return [
            max(0.0, (self._seen[kind] - at) * 1000) for kind, at in self._answered.items() if kind in self._seen
        ]

    def _sign_in(self, credentials: dict[str, str]) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self._console, timeout=30)
        connection.request(
            "POST", "/api/auth/login", json.dumps(credentials), {"Content-Type": "application/json"})  # fmt: skip
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 200, f"signing in was answered {answer.status}: {body[:500]!r}"
        return json.loads(body)["access_token"]

    async def _run(self, rate: float, is_wanted: Callable[[], bool], patience: float) -> None:
        protocols = ["aw.v1", f"aw.token.{self._token}"]
        url = f"ws://127.0.0.1:{self._console}/api/stream"
        async with connect(url, subprotocols=protocols, max_size=None, max_queue=None) as stream:
            await stream.send(json.dumps({"type": "subscribe", "after": None}))
            listener = asyncio.create_task(self._listen(stream))
            try:
                await self._send(rate, is_wanted)
                deadline = time.monotonic() + patience
                while self.lost and time.monotonic() < deadline and not listener.done():
                    await asyncio.sleep(0.05)
            finally:
                listener.cancel()

    async def _listen(self, stream) -> None:
        async for text in stream:
            at = time.monotonic()
            if '"incident.opened"' not in text:
                continue
            frame = json.loads(text)
            if frame["type"] == "incident.opened":
                self._seen.setdefault(frame["data"]["signature"], at)

    async def _send(self, rate: float, is_wanted: Callable[[], bool]) -> None:
        idle: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
        run = time.time_ns()
        async with asyncio.TaskGroup() as requests:
            started = time.monotonic()
            for number in itertools.count():
                await asyncio.sleep(started + number / rate - time.monotonic())
                if not is_wanted():
                    break
                requests.create_task(self._request(f"probe_{run}_{number}", idle))
        while not idle.empty():
            idle.get_nowait()[1].close()

    async def _request(self, kind: str, idle) -> None:
        reader, writer = idle.get_nowait() if not idle.empty() else await asyncio.open_connection("127.0.0.1", self._ingest)
        body = json.dumps(
            {"asset_name": "probe-01", "signature": kind, "severity": "high", "message": "A probe.", "tool_source": "bench"}
        ).encode()
        head = payloads.signed_head(
            f"127.0.0.1:{self._ingest}", self._company.api_key, self._company.hmac_secret, body, str(int(time.time())))
        started = time.monotonic()
        writer.write(head + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in answer.lower().split(b"\r\n") if line.startswith(b"content-length"))
        await reader.readexactly(length)
        at = time.monotonic()
        idle.put_nowait((reader, writer))
        self.answers_ms.append((at - started) * 1000)
        if answer.startswith(b"HTTP/1.1 202"):
            self._answered[kind] = at
        else:
            self.refused += 1


def percentile(values: list[float], percent: int) -> float | None:
    """The smallest value that so many percent do not exceed; None of nothing."""
    if not values:
        return None
    return sorted(values)[-(-len(values) * percent // 100) - 1]
