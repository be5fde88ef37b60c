"""The two companies, made once for all tests."""

from collections.abc import Iterator

import pytest
from belongings import foreign_texts
from console_api import Client, Contract

from installation import Installation, PostgresServer
from world import World


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    with (
        PostgresServer.any() as server,
        Installation.running(server, ingest=1, correlator=1, slawatch=1, console=1) as installation,
    ):
        yield World(installation)


@pytest.fixture(scope="session")
def secrets_of_b(world: World) -> list[str]:
    """Texts of company B that nobody of company A may ever be told."""
    return foreign_texts(world, of=world.b, to=world.a)


@pytest.fixture(scope="session")
def viewers_of_a(world: World) -> dict[str, tuple[str, Client]]:
    """Everybody of company A who can ask: by a name, with their role and client."""
    viewers = {role: (role, person.client) for role, person in world.a.people.items()}
    made = world.a.people["company_admin"].client.post("/api/auth/tokens", {"name": "reader", "scopes": ["read"]})
    token = Client(world.people.port, made.json["token"], world.contract)
    return {**viewers, "read token of the company_admin": ("company_admin", token)}


@pytest.fixture(scope="session")
def contract(world: World) -> Contract:
    return world.contract
