"""Two companies with data of every kind, marked in every text that people can write."""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from console_api import Contract, People, Person, Tool, alert
from installation import Company, Installation, wait_for


@dataclass
class Tenant:
    """A company, its people, and the word that stands in all that was written for it."""

    company: Company
    mark: str
    people: dict[str, Person] = field(default_factory=dict)
    # What opens doors: keys, secrets and tokens.
    secrets: list[str] = field(default_factory=list)
    idempotency_key: str = ""

    @property
    def id(self) -> str:
        return self.company.id


class World:
    """Company A, which looks, and company B, of which it must see nothing."""

    def __init__(self, installation: Installation):
        self.installation = installation
        self.contract = Contract.fetched(installation.ports("console")[0])
        self.people = People(installation, self.contract)
        self.a = self._tenant("comp-ashwood", "Ashwood")
        self.b = self._tenant("comp-quillon", "Quillon")
        # Serves both: each company sees them, and neither the other by them.
        self.shared = self.people.make("technician", self.a.id, self.b.id, name="Shared Sam")
        for tenant in (self.a, self.b):
            self._fill(tenant)
        # Only the console may change anything from here on.
        for name, service in installation.services.items():
            if name.startswith(("correlator", "slawatch")):
                service.stop()
        for tenant in (self.a, self.b):
            self._tool(tenant).send(alert(f"{tenant.mark} undecided", f"{tenant.mark}_undecided"))
        installation.services["ingest-1"].stop()

    def _tenant(self, id: str, mark: str) -> Tenant:
        draft = {"id": id, "name": f"{mark} Limited", "rate_limit": {"per_minute": 6000, "burst": 6000}}
        made = self.people.admin.client.post("/api/companies", draft)
        assert made.status == 201, made
        secrets = [made.json["api_key"], made.json["hmac_secret"]]
        tenant = Tenant(Company(id, *secrets), mark, secrets=secrets)
        for role in ("company_admin", "technician", "client_viewer"):
            email = f"{role}@{mark.lower()}.example"
            person = self.people.make(
                role, id, name=f"{mark} {role}", email=email, skills=[f"{mark} skill"], availability="available"
            )
            tenant.people[role] = person
            tenant.secrets += [person.client.token or "", person.refresh_token]
        return tenant

    def _tool(self, tenant: Tenant) -> Tool:
        return Tool(self.installation.ports("ingest")[0], tenant.company)

    def _fill(self, tenant: Tenant) -> None:
        mark, path = tenant.mark, f"/api/companies/{tenant.id}"
        admin = tenant.people["company_admin"].client
        technician = tenant.people["technician"].client
        token = admin.post("/api/auth/tokens", {"name": f"{mark} token", "scopes": ["read"]})
        integration = admin.post(f"{path}/integrations", {"name": f"{mark} integration", "auth": "bearer"})
        tenant.secrets += [token.json["token"], integration.json["api_key"], integration.json["hmac_secret"]]
        names = {"kind": f"{mark} kind", "instance_id": f"{mark} instance"}
        tenant.idempotency_key = f"key-of-{mark}"
        first = admin.post(f"{path}/assets", {"name": f"{mark} asset", **names}, idempotency_key=tenant.idempotency_key)
        admin.post(f"{path}/assets", {"name": f"{mark} other", **names, "depends_on": [first.json["id"]]})
        now = datetime.now(UTC)
        schedule = {"starts_at": _text(now - timedelta(minutes=5)), "ends_at": _text(now + timedelta(hours=2))}
        scope = {"assets": [f"{mark} maintained"], "labels": {f"{mark}": f"{mark} label"}}
        for part in (scope, {"signatures": [f"{mark}_planned"]}):
            window = {"name": f"{mark} window", "schedule": schedule, "scope": part}
            assert admin.post(f"{path}/maintenance-windows", window).status == 201
        self._send_alerts(tenant)
        self._work_on_incidents(tenant, technician)

    def _send_alerts(self, tenant: Tenant) -> None:
        mark, tool = tenant.mark, self._tool(tenant)
        text = {
            "tool_source": f"{mark} tool", "labels": {f"{mark}_name": f"{mark} label"},
            "links": [f"https://{mark.lower()}.example/alert"],
        }  # fmt: skip
        tool.post(alert(f"{mark} server", f"{mark}_first", **text), **{"X-Delivery-ID": f"{mark} delivery"})
        tool.send(
            *(alert(f"{mark} server", f"{mark}_{number}", dedup_key=f"{mark} {number}", **text) for number in range(6)),
            alert(f"{mark} maintained", f"{mark}_planned", **text, severity="low"),
        )
        tool.send(alert(f"{mark} server", f"{mark}_5", status="resolved", dedup_key=f"{mark} 5", **text))
        self.installation.wait_until_decided(tenant.company)

    def _work_on_incidents(self, tenant: Tenant, technician) -> None:
        mark = tenant.mark
        incidents = [item["id"] for item in technician.all("/api/incidents", company_id=tenant.id)]
        assert len(incidents) == 7, incidents
        actions = itertools.chain(
            [(incidents[0], "acknowledge", None), (incidents[0], "assign", {"user_id": self.shared.id})],
            [(incidents[0], "notes", {"text": f"{mark} internal note", "internal": True})],
            [(incidents[0], "notes", {"text": f"{mark} note"})],
            [(incidents[0], "escalate", {"reason": f"{mark} reason"})],
            [(incidents[1], "assign", {"user_id": tenant.people["technician"].id})],
            [(incidents[1], "resolve", {"resolution_notes": f"{mark} solution"})],
            [(incidents[2], "merge", {"into": incidents[3]})],
        )
        for incident, action, body in actions:
            answer = technician.post(f"/api/incidents/{incident}/{action}", body)
            assert answer.status == 200, answer
        # The Correlator's word on the merged ones is there too.
        wait_for("no alert waits", lambda: not self.installation.rows("SELECT FROM undecided_alert"))


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
