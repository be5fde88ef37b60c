"""What the system tests share.

They drive real processes: those that `swift build` made, PostgreSQL, and the tools around.
"""

import os
import random

import pytest


@pytest.fixture(scope="session")
def say(request: pytest.FixtureRequest):
    """Prints a line even while pytest captures output, so that seeds and figures stand in every log."""
    capture = request.config.pluginmanager.getplugin("capturemanager")

    def print_line(line: str) -> None:
        with capture.global_and_fixture_disabled():
            print(line, flush=True)

    return print_line


@pytest.fixture(scope="session")
def seed(say) -> int:
    """What every random choice of a run follows from: `AW_TEST_SEED`, or a fresh one, which is printed."""
    given = os.environ.get("AW_TEST_SEED")
    value = int(given) if given else random.SystemRandom().randrange(1_000_000)
    say(f"\nseed {value} (AW_TEST_SEED={value} repeats the choices)")
    return value
