"""One client of the Console."""

import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from .contract import Contract


@dataclass(frozen=True)
class Answer:
    """What came back: the status, the headers by lower-case name, and the body."""

    method: str
    path: str
    status: int
    headers: dict[str, str]
    text: str
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def etag(self) -> str:
        return self.headers["etag"]

    @property
    def problem(self) -> str:
        """The sentence with which a refusal explains itself."""
        assert self.headers["content-type"].startswith("application/problem+json"), self
        return self.json["detail"]

    @property
    def fields(self) -> set[str]:
        """The fields that a refusal complains of."""
        return {error["field"] for error in self.json["errors"]}

    @property
    def everything(self) -> str:
        """All that the client was told, headers too."""
        return "\n".join([*(f"{name}: {value}" for name, value in self.headers.items()), *self.cookies.values(), self.text])


class Client:
    """Sends requests as one person, or as nobody. Every answer is held to the contract, if there is one."""

    def __init__(self, port: int, token: str | None = None, contract: "Contract | None" = None):
        self.port = port
        self.token = token
        self.contract = contract

    def request(
        self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None, **query: Any
    ) -> Answer:
        """Sends a request; `body` goes as JSON, or as it is when it is bytes. Parameters that are None are left out."""
        sent = dict(headers or {})
        if self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        payload = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        if payload is not None:
            sent.setdefault("Content-Type", "application/json")
        given = {name: value for name, value in query.items() if value is not None}
        target = f"{path}?{urlencode(given, doseq=True)}" if given else path
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, target, payload, sent)
            answer = _read(connection.getresponse(), method, path)
        finally:
            connection.close()
        if self.contract:
            self.contract.check(answer)
        return answer

    def get(self, path: str, **query: Any) -> Answer:
        return self.request("GET", path, **query)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.request("POST", path, body, headers=_named(headers))

    def put(self, path: str, body: Any, **headers: str) -> Answer:
        return self.request("PUT", path, body, headers=_named(headers))

    def patch(self, path: str, body: Any, **headers: str) -> Answer:
        return self.request("PATCH", path, body, headers=_named(headers))

    def delete(self, path: str, **headers: str) -> Answer:
        return self.request("DELETE", path, headers=_named(headers))

    def pages(self, path: str, **query: Any) -> Iterator[Answer]:
        """Every page of a list, in order."""
        cursor = None
        while True:
            answer = self.get(path, cursor=cursor, **query)
            assert answer.status == 200, answer
            yield answer
            cursor = answer.json["next_cursor"]
            if cursor is None:
                return

    def all(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """The items of every page of a list."""
        return [item for page in self.pages(path, **query) for item in page.json["items"]]


def _named(headers: dict[str, str]) -> dict[str, str]:
    """`if_match` is `If-Match`."""
    return {name.replace("_", "-").title(): value for name, value in headers.items()}


def _read(response: http.client.HTTPResponse, method: str, path: str) -> Answer:
    cookies = {}
    for line in response.headers.get_all("Set-Cookie") or []:
        name, _, rest = line.partition("=")
        cookies[name] = rest.partition(";")[0]
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Answer(method, path, response.status, headers, response.read().decode(), cookies)
