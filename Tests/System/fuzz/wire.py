"""HTTP by hand: what is sent is exactly what the test says, and what comes back is looked at closely."""

import contextlib
import json
import socket
import time
from dataclasses import dataclass


class NoAnswer(Exception):
    """The server closed the connection, or said nothing in time, instead of a whole answer."""


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict:
        return json.loads(self.body)

    @property
    def has_accepted(self) -> bool:
        """Whether it says that alerts are stored; the pages of health and metrics are answered with 200 too."""
        return self.status == 202 or (self.status == 200 and b'"alert_ids"' in self.body)

    def verify(self) -> None:
        """Everything that api.md promises of any answer.

        - Raises: AssertionError that says what is not so.
        """
        assert self.status < 500, f"answered {self.status}: {self.body[:500]!r}"
        if self.has_accepted:
            self._verify_accepted()
        elif self.status >= 400:
            assert self.headers.get("content-type") == "application/problem+json", f"{self.status} with {self.headers}"
            self._verify_problem()

    def _verify_accepted(self) -> None:
        answer = self.json
        assert self.headers["content-type"] == "application/json"
        assert answer["accepted"] == len(answer["alert_ids"]) >= 1
        assert answer["duplicate"] is (self.status == 200)

    def _verify_problem(self) -> None:
        problem = self.json
        assert problem["status"] == self.status
        assert problem["type"] and problem["title"] and problem["detail"], problem
        for error in problem.get("errors", []):
            assert set(error) == {"field", "message"} and error["message"], problem
        if self.status == 422:
            assert problem["errors"], problem
        if self.status == 429:
            assert int(self.headers["retry-after"]) >= 1


class Wire:
    """A connection from an address of this machine's own network, 127/8, so that limits per sender don't meet here."""

    def __init__(self, port: int, source: str = "127.0.0.1", timeout: float = 20):
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=timeout, source_address=(source, 0))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._unread = b""

    def close(self) -> None:
        self._socket.close()

    def send(self, data: bytes) -> None:
        """Sends, unless the server has hung up meanwhile: then its answer says why."""
        with contextlib.suppress(ConnectionError):
            self._socket.sendall(data)

    def end(self) -> None:
        """Says that nothing more will be sent."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    def seconds_until_closed(self, limit: float) -> float | None:
        """How long the server keeps the connection; None when it still does after `limit` seconds."""
        began = time.monotonic()
        self._socket.settimeout(limit)
        try:
            while self._socket.recv(65_536):
                pass
        except TimeoutError:
            return None
        except ConnectionError:
            pass
        return time.monotonic() - began

    def answer(self, has_body: bool = True) -> Answer:
        """- Raises: NoAnswer."""
        while True:
            head = self._until(b"\r\n\r\n").decode("latin-1").split("\r\n")
            version, status, *_ = head[0].split(" ")
            assert version == "HTTP/1.1" and status.isdigit(), f"not an answer: {head[0]!r}"
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
            if status != "100":
                break
        if not has_body or status in ("204", "304"):
            return Answer(int(status), headers, b"")
        if headers.get("transfer-encoding") == "chunked":
            return Answer(int(status), headers, self._chunks())
        assert "content-length" in headers, f"neither length nor chunks: {headers}"
        return Answer(int(status), headers, self._exactly(int(headers["content-length"])))

    def rest(self) -> list[Answer]:
        """All answers until the server closes."""
        answers = []
        with contextlib.suppress(NoAnswer):
            while True:
                answers.append(self.answer())
        return answers

    def _chunks(self) -> bytes:
        body = b""
        while size := int(self._until(b"\r\n").split(b";")[0], 16):
            body += self._exactly(size)
            self._exactly(2)
        self._until(b"\r\n")
        return body

    def _until(self, mark: bytes) -> bytes:
        while mark not in self._unread:
            self._more()
        found, _, self._unread = self._unread.partition(mark)
        return found

    def _exactly(self, count: int) -> bytes:
        while len(self._unread) < count:
            self._more()
        found, self._unread = self._unread[:count], self._unread[count:]
        return found

    def _more(self) -> None:
        try:
            data = self._socket.recv(65_536)
        except (ConnectionError, TimeoutError) as error:
            raise NoAnswer(type(error).__name__) from error
        if not data:
            raise NoAnswer("closed" + (f" after {self._unread[:200]!r}" if self._unread else ""))
        self._unread += data
