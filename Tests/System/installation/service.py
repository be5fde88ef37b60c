"""One process of the platform."""

import http.client
import subprocess
from pathlib import Path

from . import programs
from .waiting import wait_for


class ServiceProcess:
    """A service that can be killed and started again at the same address. All its output goes to one log."""

    def __init__(self, name: str, program: Path, port: int, log: Path, environment: dict[str, str]):
        self.name = name
        self.port = port
        self.log = log
        self.kills = 0
        self._program = program
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Of the process that runs now."""
        assert self._process is not None and self.is_running, f"{self.name} does not run:\n{self.tail()}"
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def ended_by_itself(self) -> bool:
        """It ended although nobody stopped or killed it."""
        return self._process is not None and self._process.poll() is not None

    def start(self) -> None:
        """Starts it and returns at once. Call it from the main thread alone."""
        assert not self.is_running, f"{self.name} runs already"
        with self.log.open("ab") as log:
            log.write(f"--- started, after {self.kills} kills\n".encode())
            log.flush()
            self._process = programs.start([self._program], log, self._environment)

    def kill(self) -> None:
        """`kill -9`: it gets no chance to finish anything."""
        assert self._process is not None and self.is_running, f"{self.name} does not run:\n{self.tail()}"
        self._process.kill()
        self._process.wait()
        self._process = None
        self.kills += 1

    def stop(self) -> None:
        """Asks it to stop and waits for it."""
        programs.stop(self._process)
        self._process = None

    def is_ready(self) -> bool:
        """Whether its own checks all pass."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/health/ready")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def wait_ready(self, seconds: float = 30) -> None:
        def ready() -> bool:
            assert self.is_running, f"{self.name} ended:\n{self.tail()}"
            return self.is_ready()

        wait_for(f"{self.name} is ready", ready, seconds)

    def tail(self, lines: int = 30) -> str:
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])
