"""The platform as a whole."""

import contextlib
import json
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from . import programs
from .company import Company
from .postgres import PostgresServer
from .service import ServiceProcess
from .waiting import wait_for

# Program, and the setting of the port on which its health is served.
SERVICES = {
    "ingest": ("aw-ingest", "AW_INGEST_PORT"),
    "correlator": ("aw-correlator", "AW_CORRELATOR_OPERATIONS_PORT"),
    "slawatch": ("aw-slawatch", "AW_SLAWATCH_OPERATIONS_PORT"),
    "console": ("aw-console", "AW_CONSOLE_PORT"),
}


class Installation:
    """Services on a migrated database of their own. The services log in as a user that is no superuser."""

    def __init__(self, server: PostgresServer, directory: Path):
        self.server = server
        self.directory = directory
        self.database = f"aw_system_{secrets.token_hex(6)}"
        self.services: dict[str, ServiceProcess] = {}
        password = secrets.token_hex(16)
        with server.connect() as admin:
            self._make_database(admin, password)
        self.environment = {
            "AW_DATABASE_URL": server.database_url(self.database, self.database, password),
            "AW_LOG_LEVEL": "info",
        }
        self.environment["AW_MASTER_KEY"] = self.command("key", "generate").strip()
        self.command("migrate", "apply")

    @classmethod
    @contextlib.contextmanager
    def running(
        cls, server: PostgresServer, environment: dict[str, str] | None = None, **sizes: int
    ) -> Iterator["Installation"]:
        """Starts so many processes of each service, waits until all are ready, and stops everything at the end.

        The console is left out when it is not built. When the test fails, the end of every log is printed, and the logs
        stay.
        """
        directory = Path(tempfile.mkdtemp(prefix="aw-system."))
        installation = cls(server, directory)
        installation.environment |= environment or {}
        try:
            for service, number in sizes.items():
                installation.add(service, number)
            for process in installation.services.values():
                process.wait_ready()
            yield installation
        except BaseException:
            installation._show_logs()
            raise
        finally:
            installation._stop()
        shutil.rmtree(directory)

    def add(self, service: str, number: int) -> None:
        """Starts `number` processes of a service: `ingest-1`, `ingest-2`, …"""
        name, port_setting = SERVICES[service]
        path = programs.program(name) if service == "console" else programs.required(name)
        if path is None:
            return
        for index, port in enumerate(programs.free_ports(number), start=1):
            process = ServiceProcess(
                f"{service}-{index}", path, port, self.directory / f"{service}-{index}.log",
                self.environment | {port_setting: str(port)},
            )  # fmt: skip
            self.services[process.name] = process
            process.start()

    def ports(self, service: str) -> list[int]:
        return [process.port for process in self.services.values() if process.name.startswith(f"{service}-")]

    def create_company(self, id: str, signs: bool = True, **settings: dict[str, Any]) -> Company:
        """Makes a company by `aw`; `settings` are those of its row, such as `correlation={"auto_resolve": False}`."""
        options = ["--hmac" if signs else "--no-hmac", "--json"]
        made = json.loads(self.command("company", "create", f"Company {id}", "--id", id, *options))
        for section, values in settings.items():
            statement = sql.SQL("UPDATE company SET {0} = {0} || %s WHERE company_id = %s")
            with self.connect() as admin:
                admin.execute(statement.format(sql.Identifier(section)), [json.dumps(values), id])
        return Company(id, made["api_key"], made["hmac_secret"])

    def set_rate(self, company: Company, per_minute: int, burst: int, tokens: float | None = None) -> None:
        """How many alerts a company may send. Its bucket is full afterwards, unless `tokens` says what is in it."""
        with self.connect() as admin, admin.transaction():
            admin.execute(
                "UPDATE company SET rate_per_minute = %s, rate_burst = %s WHERE company_id = %s",
                [per_minute, burst, company.id],
            )
            admin.execute(
                "UPDATE rate_bucket SET tokens = %s, updated_at = aw_now() WHERE company_id = %s",
                [burst if tokens is None else tokens, company.id],
            )

    def set_authentication(self, company: Company, way: str) -> None:
        """How the company's default integration authenticates: `hmac`, `bearer` or `secret_url`."""
        with self.connect() as admin:
            admin.execute(
                "UPDATE integration SET auth = %s, version = version + 1 WHERE company_id = %s AND is_default",
                [way, company.id],
            )

    def command(self, *arguments: str) -> str:
        """What `aw` prints."""
        result = subprocess.run(
            [programs.required("aw"), *arguments], env=self.environment, cwd=self.directory, capture_output=True,
            text=True, timeout=60, check=False,
        )  # fmt: skip
        assert result.returncode == 0, f"aw {' '.join(arguments)} failed: {result.stderr}"
        return result.stdout

    def connect(self) -> psycopg.Connection:
        return self.server.connect(self.database)

    def rows(self, query: str, *parameters: Any) -> list[dict[str, Any]]:
        """Reads with a connection of its own, so that no restart of the server stands in the way."""
        with self.connect() as admin, admin.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query, parameters).fetchall()

    def value(self, query: str, *parameters: Any) -> Any:
        """The only field of the only row."""
        (row,) = self.rows(query, *parameters)
        (value,) = row.values()
        return value

    def wait_until_decided(self, company: Company, seconds: float = 30) -> None:
        """Until every alert of a company has a fate."""
        count = "SELECT count(*) FROM undecided_alert WHERE company_id = %s"
        wait_for(f"every alert of {company.id} has a fate", lambda: self.value(count, company.id) == 0, seconds)

    def advance_clock(self, seconds: float) -> None:
        """Moves the clock on which all processes agree; its offset is one that only tests may set."""
        with self.connect() as admin:
            admin.execute(
                "INSERT INTO clock_offset (value) VALUES (make_interval(secs => %s)) "
                "ON CONFLICT (only_row) DO UPDATE SET value = clock_offset.value + excluded.value",
                [seconds],
            )

    def _make_database(self, admin: psycopg.Connection, password: str) -> None:
        name = sql.Identifier(self.database)
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEROLE PASSWORD {}").format(name, sql.Literal(password)))
        admin.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, name))

    def _stop(self) -> None:
        for process in self.services.values():
            process.stop()
        with contextlib.suppress(psycopg.OperationalError), self.server.connect() as admin:
            name = sql.Identifier(self.database)
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            admin.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(name))

    def _show_logs(self) -> None:
        for process in self.services.values():
            print(f"The end of {process.log}:\n{process.tail()}", file=sys.stderr)
