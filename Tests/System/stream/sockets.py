"""Live streams as browsers and programs open them. All sockets live on one thread; the test asks what arrived."""

import asyncio
import contextlib
import functools
import json
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from installation import eventually, wait_for

PROTOCOL = "aw.v1"


@dataclass(frozen=True)
class Refused(Exception):
    """The server did not let the socket open."""

    status: int
    body: str


@dataclass
class Socket:
    """An open stream: the frames that came, in order, and how it ended."""

    connection: ClientConnection
    loop: asyncio.AbstractEventLoop
    frames: list[dict[str, Any]] = field(default_factory=list)
    closed: tuple[int, str] | None = None
    reader: Future[None] | None = None

    @property
    def protocol(self) -> str | None:
        return self.connection.subprotocol

    @property
    def cursor(self) -> str:
        """Where a reconnect goes on."""
        return [frame["cursor"] for frame in self.frames if "cursor" in frame][-1]

    def send(self, message: str | bytes) -> None:
        asyncio.run_coroutine_threadsafe(self.connection.send(message), self.loop).result(10)

    def subscribe(self, after: str | None = None) -> "Socket":
        """Subscribes, and waits until nothing is missed any more."""
        self.send(json.dumps({"type": "subscribe", "after": after}))
        self.wait_for("it is subscribed", lambda frame: frame["type"] in ("subscribed", "reset"))
        return self

    def of(self, incident: str) -> list[dict[str, Any]]:
        """The frames of an incident."""
        return [frame for frame in list(self.frames) if frame.get("data", {}).get("id") == incident]

    def known(self) -> dict[str, dict[str, Any]]:
        """The incidents as a client knows them, who drops frames whose id it has seen."""
        seen: set[str] = set()
        known = {}
        for frame in list(self.frames):
            if "id" in frame and frame["id"] not in seen:
                seen.add(frame["id"])
                known[frame["data"]["id"]] = frame["data"]
        return known

    def types(self) -> list[str]:
        return [frame["type"] for frame in list(self.frames)]

    def got(self, wanted: Callable[[dict[str, Any]], bool]) -> bool:
        return any(wanted(frame) for frame in list(self.frames))

    def wait_for(self, what: str, wanted: Callable[[dict[str, Any]], bool], seconds: float = 10) -> dict[str, Any]:
        """The first frame of a kind."""
        arrived = eventually(lambda: self.got(wanted) or self.closed is not None, seconds, pause=0.02)
        assert arrived and self.got(wanted), f"{what}: not within {seconds:g} s, closed {self.closed}; {self.types()}"
        return next(frame for frame in list(self.frames) if wanted(frame))

    def wait_closed(self, seconds: float) -> tuple[int, str]:
        wait_for("the socket is closed", lambda: self.closed is not None, seconds, pause=0.02)
        assert self.closed is not None
        return self.closed

    def read(self, keeps: bool = True) -> None:
        """Begins to take frames, to keep them or to throw them away."""
        self.reader = asyncio.run_coroutine_threadsafe(self._read(keeps), self.loop)

    def close(self) -> None:
        with contextlib.suppress(Exception):
            asyncio.run_coroutine_threadsafe(self.connection.close(), self.loop).result(10)
        if self.reader:
            self.reader.result(10)

    async def _read(self, keeps: bool) -> None:
        try:
            async for message in self.connection:
                if keeps:
                    self.frames.append(_read_frame(message))
        except ConnectionClosed:
            pass
        await self.connection.wait_closed()
        self.closed = (self.connection.close_code or 1006, self.connection.close_reason or "")


@functools.lru_cache(maxsize=4096)
def _read_frame(message: str) -> dict[str, Any]:
    """Read once for all sockets that get it."""
    return json.loads(message)


def _small_socket(port: int) -> socket.socket:
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32 * 1024)
    one.connect(("127.0.0.1", port))
    one.setblocking(False)
    return one


class Sockets:
    """Opens streams of one Console, and closes those that are left at the end."""

    def __init__(self, loop: asyncio.AbstractEventLoop):
        self.loop = loop
        self.open: list[Socket] = []

    @classmethod
    @contextlib.contextmanager
    def running(cls) -> Iterator["Sockets"]:
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        try:
            yield cls(loop)
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join(10)

    def connect(
        self, port: int, token: str | None = None, *, cookie: str | None = None, origin: str | None = None,
        protocols: list[str] | None = None, reads: bool = True, path: str = "/api/stream",
    ) -> Socket:  # fmt: skip
        """Opens a socket. With a token, it is offered as browsers can: as a subprotocol.

        - Raises Refused when the server answers anything but 101.
        """
        offered = protocols if protocols is not None else [PROTOCOL] + ([f"aw.token.{token}"] if token else [])
        headers = {"Cookie": cookie} if cookie else {}

        async def opened() -> ClientConnection:
            # One that does not read holds little in the kernel.
            buffers = {} if reads else {"sock": _small_socket(port)}
            return await connect(
                f"ws://127.0.0.1:{port}{path}", subprotocols=[Subprotocol(name) for name in offered] or None,
                additional_headers=headers, origin=origin, compression=None, proxy=None, ping_interval=None,
                max_queue=4 if not reads else None, max_size=None, open_timeout=20, **buffers,
            )  # fmt: skip

        try:
            connection = asyncio.run_coroutine_threadsafe(opened(), self.loop).result(30)
        except InvalidStatus as refusal:
            response = refusal.response
            raise Refused(response.status_code, (response.body or b"").decode()) from None
        made = Socket(connection, self.loop)
        self.open.append(made)
        if reads:
            made.read()
        return made

    def close_all(self) -> None:
        """Cuts the connections that are left, without a word."""
        for left in self.open:
            self.loop.call_soon_threadsafe(left.connection.transport.abort)
        self.open.clear()
