"""People who sign in."""

import base64
import hashlib
import itertools
import json
from dataclasses import dataclass
from typing import Any

from installation import Installation

from .client import Client
from .contract import Contract

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Person:
    """Somebody with an account, and the client that acts as them."""

    id: str
    email: str
    role: str
    password: str
    client: Client
    refresh_token: str


class People:
    """Makes people and signs them in. The first is the MSP admin that `aw` makes."""

    def __init__(self, installation: Installation, contract: Contract | None = None):
        self.installation = installation
        self.port = installation.ports("console")[0]
        self.contract = contract
        self._numbers = itertools.count(1)
        email = "admin@msp.example"
        made = json.loads(installation.command("user", "create", email, "--role", "msp_admin", "--json"))
        self.admin = self.sign_in(made["user"]["id"], email, "msp_admin", made["password"])

    def make(self, role: str, *companies: str, name: str | None = None, **fields: Any) -> Person:
        """A new person, signed in."""
        number = next(self._numbers)
        email = fields.pop("email", f"person-{number}@{role.replace('_', '-')}.example")
        draft = {
            "email": email, "name": name or f"Person {number}", "role": role, "password": PASSWORD,
            "company_ids": list(companies), **fields,
        }  # fmt: skip
        answer = self.admin.client.post("/api/users", draft)
        assert answer.status == 201, answer
        self._ease_sign_in(answer.json["id"])
        return self.sign_in(answer.json["id"], email, role, PASSWORD)

    def sign_in(self, id: str, email: str, role: str, password: str = PASSWORD) -> Person:
        """One more session of somebody."""
        nobody = Client(self.port, contract=self.contract)
        answer = nobody.post("/api/auth/login", {"email": email, "password": password})
        assert answer.status == 200, answer
        client = Client(self.port, answer.json["access_token"], self.contract)
        return Person(id, email, role, password, client, answer.json["refresh_token"])

    def _ease_sign_in(self, id: str) -> None:
        """Keeps the password's hash with less work in it: a debug build takes most of a second for the usual one."""
        salt = b"a salt for tests"
        digest = hashlib.scrypt(PASSWORD.encode(), salt=salt, n=1024, r=8, p=1, dklen=32)
        parts = ["scrypt", "1024", "8", "1", *(base64.b64encode(part).decode() for part in (salt, digest))]
        with self.installation.connect() as admin:
            admin.execute("UPDATE app_user SET password_hash = %s WHERE id = %s", ["$".join(parts), id])

    def again(self, person: Person) -> Person:
        return self.sign_in(person.id, person.email, person.role, person.password)
