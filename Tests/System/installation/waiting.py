"""Waiting for what other processes do in their own time."""

import time
from collections.abc import Callable


def eventually(condition: Callable[[], bool], seconds: float = 20, pause: float = 0.05) -> bool:
    """Whether a condition came to hold before the deadline."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(pause)
    return condition()


def wait_for(what: str, condition: Callable[[], bool], seconds: float = 20, pause: float = 0.05) -> None:
    """As `eventually`, and fails with a sentence that says what did not happen."""
    assert eventually(condition, seconds, pause), f"{what}: not within {seconds:g} s"
