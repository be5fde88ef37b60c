"""Where the programs are, and how they are started."""

import os
import random
import shutil
import socket
import subprocess
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[3]


def program(name: str) -> Path | None:
    """A program of ours: of `AW_TEST_PROGRAMS`, else of the debug build. None when it is not built."""
    directory = Path(os.environ.get("AW_TEST_PROGRAMS") or ROOT / ".build" / "debug")
    path = directory / name
    return path if path.is_file() and os.access(path, os.X_OK) else None


def required(name: str) -> Path:
    """As `program`, for one that must be there."""
    path = program(name)
    assert path, f"{name} is not built: run `swift build`, or name a directory in AW_TEST_PROGRAMS"
    return path


def tool(name: str) -> str:
    """A program of Debian's, which scripts/test installs."""
    path = shutil.which(name)
    assert path, f"{name} is not installed: scripts/test installs it"
    return path


def start(
    command: list[str | Path], log: IO[bytes], environment: dict[str, str] | None = None, directory: Path | None = None
) -> subprocess.Popen[bytes]:
    """Starts a process that dies with this one, also when this one is killed.

    Call it from the main thread alone: the kernel ends the child when the thread that started it ends.
    """
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return subprocess.Popen(
        ["setpriv", "--pdeathsig", "KILL", "--", *map(str, command)],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        env=inherited | (environment or {}),
        cwd=directory,
        start_new_session=True,
    )


def stop(process: subprocess.Popen[bytes] | None, seconds: float = 12) -> None:
    """Asks a process to stop, and ends it when it has not by then."""
    if process is None or process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on, below those that the kernel gives to outgoing connections.

    So a port stays free while the process that it belongs to is down.
    """
    found: list[int] = []
    while len(found) < count:
        port = random.SystemRandom().randrange(20_000, 32_000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in found:
            found.append(port)
    return found
