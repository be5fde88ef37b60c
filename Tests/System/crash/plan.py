"""The alerts of the crash test, made so that what must come of them does not depend on the order in which they arrive.

- All event times lie within one correlation window, so that no incident is too old for an alert.
- The events of one identity are sent one after the other by one sender.
- What depends on an incident that has to be there first is sent by the sender of that incident, after it.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

SENDERS = 16
ALERTS = 2000
# Between two events of one sender; the senders' events are in between.
STEP = timedelta(milliseconds=320)

ROLLED_UP = [
    "high_cpu_usage", "high_memory_usage", "disk_space_low", "network_packet_loss", "service_down",
    "certificate_expiring", "replication_lag", "backup_failed",
]  # fmt: skip
TOOLS = ["Datadog", "Zabbix", "Prometheus"]
SEVERITIES = ["low", "medium", "high", "critical"]


@dataclass(frozen=True)
class Alert:
    """One event of one identity; its number is in a label, by which it is found again."""

    number: int
    after: timedelta
    fields: dict[str, str]

    def body(self, base: datetime) -> dict[str, Any]:
        moment = (base + self.after).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return self.fields | {"timestamp": moment, "labels": {"number": str(self.number)}}


@dataclass
class Expected:
    """What an incident must be in the end."""

    alert_count: int = 0
    firing_identities: int = 0
    assets: set[str] = field(default_factory=set)


@dataclass
class _Identity:
    asset: str
    signature: str
    tool: str
    kinds: list[str]
    # The incident that it belongs to: the signature, and the asset unless that is rolled up.
    incident: tuple[str, str | None]

    @property
    def dedup_key(self) -> str:
        return f"{self.signature}@{self.asset}/{self.tool}"


class Plan:
    """`requests[s]` are those of sender `s` in its order, each a list of alerts; `expected` are the incidents."""

    def __init__(self, seed: int):
        self._random = random.Random(seed)
        self.depends_on: dict[str, str] = {}
        self.expected: dict[tuple[str, str | None], Expected] = {}
        groups = [*self._rolled_up(), *self._single(), *self._flapping(), *self._dependent()]
        self._fill(groups)
        self.requests = self._deal(groups)
        self.alerts = [alert for sender in self.requests for request in sender for alert in request]

    # Groups of identities: those of one group are sent by one sender, and the first event of the first one before all
    # others.

    def _rolled_up(self) -> Iterator[list[_Identity]]:
        for signature in ROLLED_UP:
            for number in range(self._random.randint(5, 12)):
                for tool in self._some(TOOLS):
                    yield [_Identity(f"web-{number:02}", signature, tool, self._kinds(), (signature, None))]

    def _single(self) -> Iterator[list[_Identity]]:
        for number in range(70):
            signature = f"queue_{number}_stuck"
            for asset in self._some([f"app-{number:02}", f"app-{number + 1:02}"]):
                for tool in self._some(TOOLS):
                    yield [_Identity(asset, signature, tool, self._kinds(), (signature, asset))]

    def _flapping(self) -> Iterator[list[_Identity]]:
        for number in range(12):
            signature, asset = f"link_{number}_down", f"switch-{number:02}"
            kinds = ["firing", "resolved"] * self._random.randint(3, 5) + ["firing"] * self._random.randint(0, 1)
            yield [_Identity(asset, signature, "Zabbix", kinds, (signature, asset))]

    def _dependent(self) -> Iterator[list[_Identity]]:
        for number in range(8):
            signature, asset = f"database_{number}_unreachable", f"db-{number:02}"
            incident = (signature, asset)
            group = [_Identity(asset, signature, "Datadog", ["firing"], incident)]
            for symptom in range(self._random.randint(1, 4)):
                dependent = f"api-{number:02}-{symptom}"
                self.depends_on[dependent] = asset
                group.append(_Identity(dependent, f"api_{number}_errors", "Datadog", self._kinds(), incident))
            yield group

    def _some(self, choices: list[str]) -> list[str]:
        return self._random.sample(choices, self._random.randint(1, len(choices)))

    def _kinds(self) -> list[str]:
        """Repeats, and at most two recoveries, which is no flapping; now and then a recovery of what never fired."""
        kinds = ["resolved"] if self._random.random() < 0.05 else []
        for _ in range(self._random.choice([0, 0, 1, 2])):
            kinds += ["firing"] * self._random.randint(1, 3) + ["resolved"]
        if kinds[-1:] != ["resolved"] or self._random.random() < 0.6 or "firing" not in kinds:
            kinds += ["firing"] * self._random.randint(1, 3)
        return kinds

    def _fill(self, groups: list[list[_Identity]]) -> None:
        """Repeats of what fires last, until there are as many alerts as promised."""
        firing = [identity for group in groups for identity in group if identity.kinds[-1] == "firing"]
        missing = ALERTS - sum(len(identity.kinds) for group in groups for identity in group)
        assert missing >= 0, f"{-missing} alerts too many"
        for _ in range(missing):
            self._random.choice(firing).kinds.append("firing")
        for group in groups:
            for identity in group:
                expected = self.expected.setdefault(identity.incident, Expected())
                expected.alert_count += identity.kinds.count("firing")
                expected.firing_identities += identity.kinds[-1] == "firing"
                expected.assets.add(identity.asset)

    def _deal(self, groups: list[list[_Identity]]) -> list[list[list[Alert]]]:
        senders: list[list[list[_Identity]]] = [[] for _ in range(SENDERS)]
        for group in groups:
            self._random.choice(senders).append(group)
        requests = []
        number = 0
        for position, owned in enumerate(senders):
            alerts = []
            for turn, (identity, kind) in enumerate(self._mix(owned)):
                fields = {
                    "asset_name": identity.asset, "signature": identity.signature, "tool_source": identity.tool,
                    "severity": self._random.choice(SEVERITIES), "message": f"{identity.signature} raised",
                    "status": kind, "dedup_key": identity.dedup_key,
                }  # fmt: skip
                alerts.append(Alert(number, turn * STEP + position * STEP / SENDERS, fields))
                number += 1
            requests.append(self._cut(alerts))
        return requests

    def _mix(self, groups: list[list[_Identity]]) -> Iterator[tuple[_Identity, str]]:
        """All events of a sender: at random, but in order within an identity and after the first one of their group."""
        rest = []
        for group in groups:
            for position, identity in enumerate(group):
                is_cause = position == 0 and len(group) > 1
                if is_cause:
                    yield identity, identity.kinds[0]
                rest.append((identity, iter(identity.kinds[is_cause:])))
        while rest:
            choice = self._random.choice(rest)
            identity, kinds = choice
            if (kind := next(kinds, None)) is None:
                rest.remove(choice)
            else:
                yield identity, kind

    def _cut(self, alerts: list[Alert]) -> list[list[Alert]]:
        """Most requests carry one alert, some an array."""
        requests = []
        while alerts:
            size = self._random.randint(2, 6) if self._random.random() < 0.08 else 1
            requests.append(alerts[:size])
            alerts = alerts[size:]
        return requests
