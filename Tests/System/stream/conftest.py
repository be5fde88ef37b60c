"""One installation for all tests of the live stream."""

from collections.abc import Iterator

import pytest
from scene import Scene
from sockets import Sockets

from installation import Installation, PostgresServer


@pytest.fixture(scope="session")
def everything() -> Iterator[Scene]:
    with (
        PostgresServer.any() as server,
        Installation.running(server, ingest=1, correlator=1, slawatch=1, console=1) as installation,
        Sockets.running() as sockets,
    ):
        yield Scene(installation, sockets)


@pytest.fixture
def scene(everything: Scene) -> Iterator[Scene]:
    """The installation, whose processes all run; sockets that a test left open are closed after it."""
    yield everything
    everything.sockets.close_all()
    for process in everything.installation.services.values():
        if not process.is_running:
            process.start()
        process.wait_ready()
