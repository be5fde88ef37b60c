"""Clients that send as webhook senders do: one request after the other, each until it is answered with success."""

import http.client
import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

from installation import Company
from plan import Alert, Plan

# Requests that are spread over time come so many seconds apart, all that are due at once, from all senders.
BURST = 0.75
# How long a sender waits for an answer, in seconds; few wait longer.
PATIENCE = 10


@dataclass
class Delivery:
    """A request and what came of it."""

    alerts: list[Alert]
    body: bytes
    # Nil for a request that is known by its signature alone, which therefore never changes.
    delivery_id: str | None
    timestamp: str = ""
    status: int = 0
    answer: dict = field(default_factory=dict)

    def headers(self, company: Company) -> dict[str, str]:
        if self.delivery_id is None:
            self.timestamp = self.timestamp or str(int(time.time()))
            return company.signed_headers(self.timestamp, self.body)
        return company.signed_headers(str(int(time.time())), self.body) | {"X-Delivery-ID": self.delivery_id}

    def request_key(self, company: Company) -> str:
        """What the database knows the request by."""
        if self.delivery_id is not None:
            return f"d:{self.delivery_id}"
        return f"s:{self.timestamp}:{company.sign(self.timestamp, self.body)}"


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    text: bytes
    seconds: float


def send_once(delivery: Delivery, company: Company, port: int) -> Answer:
    """One attempt, on a connection of its own; fails when there is no answer within `PATIENCE`."""
    began = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("POST", "/api/webhooks/alerts", delivery.body, delivery.headers(company))
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read(), time.monotonic() - began)
    finally:
        connection.close()


class Sender(threading.Thread):
    """Sends its requests to one Ingest after another.

    Tries again on a connection error, 5xx and 429, after the pause that `Retry-After` says; anything else is a failure.
    An impatient one now and then hangs up before the answer and sends the same again.
    """

    def __init__(
        self, number: int, plan: Plan, company: Company, ports: list[int], base: datetime, seconds: float = 0,
        impatience: float = 0, seed: float = 0,
    ):  # fmt: skip
        """- seconds: over how long the requests are spread, in bursts, after a first tenth at once; 0 for all at once.
        - impatience: the share of attempts that are hung up on.
        """
        super().__init__(name=f"sender-{number}", daemon=True)
        self.deliveries = [
            self._delivery(f"{company.id}-{number}-{index}", alerts, base, known_by_signature=index % 4 == number % 4)
            for index, alerts in enumerate(plan.requests[number])
        ]
        self.seen: Counter[str] = Counter()
        self.failure: str | None = None
        self._company = company
        self._ports = ports
        self._seconds = seconds
        self._impatience = impatience
        self._random = random.Random(f"{seed}/{number}")
        self._connections: dict[int, http.client.HTTPConnection] = {}
        self._deadline = 0.0

    @staticmethod
    def _delivery(id: str, alerts: list[Alert], base: datetime, known_by_signature: bool) -> Delivery:
        bodies = [alert.body(base) for alert in alerts]
        body = json.dumps(bodies if len(bodies) > 1 else bodies[0]).encode()
        return Delivery(alerts, body, None if known_by_signature else id)

    def run(self) -> None:
        start = time.monotonic()
        self._deadline = start + self._seconds + 60
        at_once = len(self.deliveries) // 10
        try:
            for index, delivery in enumerate(self.deliveries):
                due = self._seconds * max(0, index - at_once) / max(1, len(self.deliveries) - at_once)
                time.sleep(max(0.0, start + due // BURST * BURST - time.monotonic()))
                self._deliver(delivery)
        except Exception as error:
            self.failure = f"{self.name}: {error!r}"
        finally:
            for connection in self._connections.values():
                connection.close()

    def _deliver(self, delivery: Delivery) -> None:
        while not self._attempt(delivery):
            if time.monotonic() > self._deadline:
                raise TimeoutError(f"no success in time for {delivery.body[:200]!r}; seen: {dict(self.seen)}")

    def _attempt(self, delivery: Delivery) -> bool:
        port = self._random.choice(self._ports)
        hangs_up = self._random.random() < self._impatience
        connection = self._connections.pop(port, None) or http.client.HTTPConnection(
            "127.0.0.1", port, timeout=PATIENCE
        )
        try:
            connection.request("POST", "/api/webhooks/alerts", delivery.body, delivery.headers(self._company))
            if hangs_up:
                time.sleep(self._random.uniform(0, 0.02))
                connection.close()
                self.seen["hung up"] += 1
                return False
            response = connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            self.seen[f"no answer ({type(error).__name__})"] += 1
            time.sleep(self._random.uniform(0.05, 0.3))
            return False
        if response.will_close:
            connection.close()
        else:
            self._connections[port] = connection
        return self._judge(delivery, response, text)

    def _judge(self, delivery: Delivery, response: http.client.HTTPResponse, text: bytes) -> bool:
        self.seen[str(response.status)] += 1
        if response.status in (200, 202):
            delivery.status, delivery.answer = response.status, json.loads(text)
            return True
        if response.status == 429 or response.status >= 500:
            time.sleep(float(response.headers.get("Retry-After", "0.5")))
            return False
        raise AssertionError(f"answered {response.status}: {text[:500]!r}")


class Fleet:
    """All senders of a plan."""

    def __init__(self, plan: Plan, company: Company, ports: list[int], base: datetime, **how: float):
        self.senders = [Sender(number, plan, company, ports, base, **how) for number in range(len(plan.requests))]

    def start(self) -> None:
        for sender in self.senders:
            sender.start()

    def finish(self) -> None:
        """Waits for all of them; each was answered with success."""
        for sender in self.senders:
            sender.join()
        failures = [sender.failure for sender in self.senders if sender.failure]
        assert not failures, "\n".join(failures)

    @property
    def deliveries(self) -> list[Delivery]:
        return [delivery for sender in self.senders for delivery in sender.deliveries]

    @property
    def seen(self) -> Counter[str]:
        return sum((sender.seen for sender in self.senders), Counter())


def base_time() -> datetime:
    """When the events of a run begin: long enough ago that the last of them has happened."""
    now = datetime.now(UTC)
    return datetime.fromtimestamp(int(now.timestamp()) - 120, UTC)
