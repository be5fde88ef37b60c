"""PostgreSQL servers for tests."""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg

from .programs import ROOT, free_ports
from .waiting import wait_for

SCRIPTS = ROOT / "scripts" / "lib"


class PostgresServer:
    """A server that is there already, by the URL of a superuser."""

    def __init__(self, url: str):
        self.url = url

    @classmethod
    @contextlib.contextmanager
    def any(cls) -> Iterator["PostgresServer"]:
        """The server of `AW_TEST_DATABASE_URL`, or a private one while the test runs."""
        if url := os.environ.get("AW_TEST_DATABASE_URL"):
            yield cls(url)
            return
        with PrivateCluster.running() as cluster:
            yield cluster

    def connect(self, database: str = "") -> psycopg.Connection:
        """A superuser's connection, past row-level security; every statement is a transaction of its own."""
        return psycopg.connect(self.database_url(database) if database else self.url, autocommit=True)

    def database_url(self, database: str, user: str = "", password: str = "") -> str:
        """The URL of a database here, of the superuser or of another user."""
        parts = urlsplit(self.url)
        place = parts.netloc.rpartition("@")[2]
        who = f"{user}:{quote(password, safe='')}@" if user else parts.netloc[: len(parts.netloc) - len(place)]
        return urlunsplit((parts.scheme, who + place, f"/{database}", parts.query, ""))


class PrivateCluster(PostgresServer):
    """A cluster of our own, which a test may stop, crash and start. It writes to the disk as production does."""

    def __init__(self, directory: Path):
        self.directory = directory
        self.log = directory / "postgres.log"
        self.port = free_ports(1)[0]
        self.password = secrets.token_hex(16)
        self._process: subprocess.Popen[bytes] | None = None
        self._user = self._library("postgres_user").strip()
        self._library(
            "make_cluster", str(directory), self._user, self.password, "fsync = on", "synchronous_commit = on",
            "full_page_writes = on", "shared_buffers = 128MB", "max_connections = 200", "timezone = 'UTC'",
        )  # fmt: skip
        super().__init__(f"postgresql://postgres:{self.password}@127.0.0.1:{self.port}/postgres")

    @classmethod
    @contextlib.contextmanager
    def running(cls) -> Iterator["PrivateCluster"]:
        """A fresh cluster, started; stopped and taken away at the end."""
        directory = Path(tempfile.mkdtemp(prefix="aw-cluster."))
        directory.chmod(0o711)
        try:
            cluster = cls(directory)
            try:
                cluster.start()
                yield cluster
            finally:
                cluster.stop()
        finally:
            shutil.rmtree(directory, ignore_errors=True)

    def start(self) -> None:
        """Starts the server and waits until it takes connections. Call it from the main thread alone."""
        with self.log.open("ab") as log:
            # It asks the kernel to be stopped when this process ends.
            self._process = subprocess.Popen(
                [SCRIPTS / "run-postgres", self.directory, self._user, str(self.port)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        wait_for("PostgreSQL takes connections", self._answers, seconds=30)

    def crash(self) -> None:
        """Immediate shutdown: no checkpoint, so that the next start has to recover from the log."""
        self._end(signal.SIGQUIT)

    def stop(self) -> None:
        """Fast shutdown."""
        self._end(signal.SIGINT)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _answers(self) -> bool:
        assert self._process is not None and self._process.poll() is None, self.log.read_text(errors="replace")[-4000:]
        try:
            self.connect().close()
            return True
        except psycopg.OperationalError:
            return False

    @staticmethod
    def _library(function: str, *arguments: str) -> str:
        """Calls a function of scripts/lib, which knows how to run PostgreSQL as a user that is not root."""
        sources = "".join(f'. "{SCRIPTS / name}.sh"; ' for name in ("say", "processes", "postgres"))
        result = subprocess.run(
            ["bash", "-c", sources + '"$@"', "bash", function, *arguments], capture_output=True, text=True, check=False
        )
        assert result.returncode == 0, f"{function} failed: {result.stderr[-4000:]}"
        return result.stdout
