"""What every test of the live stream works with."""

import itertools
import json
from collections.abc import Callable
from typing import Any

import psycopg
from console_api import Contract, People, Person, Tool, alert
from installation import Company, Installation, ServiceProcess, wait_for
from sockets import Socket, Sockets

CHANGE_UNHEARD = (
    "WITH changed AS (UPDATE incident SET resolution_notes = %(note)s, version = version + 1, updated_at = aw_now() "
    "WHERE company_id = %(company)s AND id = ANY (%(incidents)s) RETURNING id) "
    "INSERT INTO journal (company_id, day, at, kind, actor, subject_kind, subject_id, incident_id, internal, summary, "
    "data) SELECT %(company)s, (aw_now() AT TIME ZONE 'UTC')::date, aw_now(), 'incident.noted', 'operator', 'incident', "
    "id, id, %(internal)s, 'Written by the test.', '{}' FROM changed"
)


class Scene:
    """One installation, with companies and people made as tests need them."""

    def __init__(self, installation: Installation, sockets: Sockets):
        self.installation = installation
        self.sockets = sockets
        self.port = installation.ports("console")[0]
        self.contract = Contract.fetched(self.port)
        self.people = People(installation, self.contract)
        self.admin = self.people.admin
        self._numbers = itertools.count(1)

    def company(self, **settings: Any) -> Company:
        """A company of its own for a test, with a rate that is in nobody's way."""
        company = self.installation.create_company(f"comp-stream-{next(self._numbers)}", signs=False, **settings)
        self.installation.set_rate(company, 1_000_000, 1_000_000)
        return company

    def tool(self, company: Company) -> Tool:
        return Tool(self.installation.ports("ingest")[0], company, signs=False)

    def service(self, name: str) -> ServiceProcess:
        return self.installation.services[f"{name}-1"]

    def stream(self, person: Person | None = None, after: str | None = None) -> Socket:
        """A subscribed stream."""
        return self.sockets.connect(self.port, (person or self.admin).client.token).subscribe(after)

    def open_incident(self, company: Company, asset: str = "web-server-01", signature: str = "disk_full") -> str:
        """One alert, and the incident that it opens."""
        (id,) = self.tool(company).send(alert(asset, signature))
        found: list[dict[str, Any]] = []

        def decided() -> bool:
            found[:] = self.installation.rows(
                "SELECT incident_id FROM alert_fate WHERE company_id = %s AND alert_id = %s", company.id, id
            )
            return bool(found)

        wait_for("the alert has a fate", decided)
        return found[0]["incident_id"]

    def change_unheard(
        self, company: Company, *incidents: str, connection: psycopg.Connection | None = None, internal: bool = False,
        size: int = 0,
    ) -> str:  # fmt: skip
        """Changes incidents as a process does that is killed between its commit and its message to the others.

        Answers with the note that they have afterwards, which is at least so long.
        """
        note = f"note {next(self._numbers)}".ljust(size, ".")
        values = {"company": company.id, "incidents": list(incidents), "note": note, "internal": internal}
        if connection is not None:
            connection.execute(CHANGE_UNHEARD, values)
        else:
            with self.installation.connect() as admin:
                admin.execute(CHANGE_UNHEARD, values)
        return note

    def settled_stream(self, person: Person | None = None) -> Socket:
        """A stream whose cursor is beyond all that happened so far, so that nothing of it comes again."""
        person = person or self.admin
        found: list[Socket] = []

        def settled() -> bool:
            found.append(self.stream(person, after=found[-1].cursor if found else None))
            return len(found) > 1 and found[-1].types() == ["subscribed"]

        wait_for("the cursor is beyond what happened", settled, pause=0.1)
        for socket in found[:-1]:
            socket.close()
        return found[-1]

    def shown(self, person: Person, incident: str) -> dict[str, Any]:
        """What GET shows a person of an incident."""
        answer = person.client.get(f"/api/incidents/{incident}")
        assert answer.status == 200, answer
        return answer.json

    def wait_until_shown(self, socket: Socket, person: Person, incident: str, seconds: float = 10) -> None:
        """Until the last frame of an incident is what GET shows."""

        def same() -> bool:
            frames = socket.of(incident)
            return bool(frames) and frames[-1]["data"] == self.shown(person, incident)

        wait_for(f"the last frame of {incident} is what GET shows", same, seconds)

    def quiet(self, socket: Socket, company: Company, person: Person | None = None) -> list[dict[str, Any]]:
        """All frames so far, read after a last sign of life: so what did not arrive by then does not come any more."""
        incident = self.open_incident(company, asset="sign-of-life", signature=f"sign_of_life_{next(self._numbers)}")
        socket.wait_for("a sign of life", lambda frame: frame.get("data", {}).get("id") == incident)
        return [
            frame
            for frame in list(socket.frames)
            if not frame.get("data", {}).get("signature", "").startswith("sign_of_life")
        ]


def has_note(note: str) -> Callable[[dict[str, Any]], bool]:
    return lambda frame: frame["data"].get("resolution_notes") == note


def is_of(incident: str) -> Callable[[dict[str, Any]], bool]:
    return lambda frame: frame["data"].get("id") == incident


def text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
