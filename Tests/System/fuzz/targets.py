"""Where the fuzz sends to, and what each of its processes reports."""

import random
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import hypothesis
from hypothesis import HealthCheck, Phase, settings

from installation import Company
from wire import Answer, NoAnswer, Wire


@dataclass(frozen=True)
class Target:
    """One Ingest, and companies that authenticate in each way; the last one has the default rate."""

    port: int
    signing: Company
    bearer: Company
    secret_url: Company
    limited: Company

    @property
    def companies(self) -> list[Company]:
        return [self.signing, self.bearer, self.secret_url, self.limited]


@dataclass
class Report:
    """What one process sent and was answered."""

    statuses: Counter[str] = field(default_factory=Counter)
    # The alert ids of every 2xx.
    accepted: set[str] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)

    @property
    def requests(self) -> int:
        return self.statuses.total()

    def note(self, answer: Answer) -> None:
        """Counts an answer after holding it against what every answer promises."""
        self.statuses[str(answer.status)] += 1
        answer.verify()
        if answer.has_accepted:
            self.accepted.update(answer.json["alert_ids"])

    def add(self, other: "Report") -> None:
        self.statuses += other.statuses
        self.accepted |= other.accepted
        self.failures += other.failures


class Line:
    """Keeps a connection for as long as the server does, each from another address of 127/8."""

    def __init__(self, port: int, random: random.Random):
        self._port, self._random = port, random
        self._wire: Wire | None = None

    def exchange(self, request: bytes, has_body: bool = True) -> Answer:
        """Sends one whole request and reads its answer; once more on a fresh connection when the kept one had ended."""
        for attempt in (1, 2):
            fresh = self._wire is None
            if self._wire is None:
                self._wire = Wire(self._port, self.address())
            self._wire.send(request)
            try:
                answer = self._wire.answer(has_body)
            except NoAnswer:
                self.close()
                if fresh or attempt == 2:
                    raise
                continue
            if answer.headers.get("connection", "").lower() == "close":
                self.close()
            return answer
        raise AssertionError("unreachable")

    def address(self) -> str:
        return f"127.{self._random.randrange(1, 250)}.{self._random.randrange(250)}.{self._random.randrange(1, 250)}"

    def close(self) -> None:
        if self._wire is not None:
            self._wire.close()
            self._wire = None


def run(examples: int, seed: int, report: Report, check: Callable[..., None], **given) -> None:
    """Lets hypothesis call `check` with so many examples; what fails is put into the report, as small as it gets."""
    bounds = settings(
        max_examples=examples, database=None, deadline=None, phases=(Phase.generate, Phase.shrink), print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    try:
        hypothesis.seed(seed)(bounds(hypothesis.given(**given)(check)))()
    except BaseException as error:
        notes = "\n".join(getattr(error, "__notes__", []))
        report.failures.append(f"{notes}\n{''.join(traceback.format_exception(error))[-3000:]}"[:6000])
