"""Debian's Prometheus and Alertmanager, and something for them to watch."""

import contextlib
import http.client
import json
import string
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from installation import free_ports, programs, wait_for


class Target:
    """A server with an exporter, which can go down and come back."""

    def __init__(self) -> None:
        self.port = free_ports(1)[0]
        self._server: ThreadingHTTPServer | None = None

    def come_up(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), _Exporter)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def go_down(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


class _Exporter(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"# TYPE node_load1 gauge\nnode_load1 0.4\n"
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(body)))
        # So that nothing answers on a connection that was kept when the server has gone down.
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        pass


class Monitoring:
    """Both tools, configured by the files beside this one."""

    def __init__(self, directory: Path, target: Target, ingest_port: int, api_key: str):
        self.port, self.alertmanager_port = free_ports(2)
        values = {
            "alertmanager_port": self.alertmanager_port, "target_port": target.port, "ingest_port": ingest_port,
            "api_key": api_key,
        }  # fmt: skip
        for name in ("prometheus.yml", "alertmanager.yml"):
            text = Path(__file__).with_name(name).read_text()
            (directory / name).write_text(string.Template(text).substitute(values))
        # Not a template of ours: its `$labels` are for Prometheus.
        (directory / "rules.yml").write_text(Path(__file__).with_name("rules.yml").read_text())
        self._directory = directory
        self._processes: list[subprocess.Popen[bytes]] = []

    @classmethod
    @contextlib.contextmanager
    def running(cls, directory: Path, target: Target, ingest_port: int, api_key: str) -> Iterator["Monitoring"]:
        """Starts both and waits until they are ready; stops them at the end."""
        monitoring = cls(directory, target, ingest_port, api_key)
        try:
            monitoring._start()
            yield monitoring
        except BaseException:
            for log in sorted(directory.glob("*.log")):
                print(f"{log.name}:\n{log.read_text(errors='replace')[-4000:]}")
            raise
        finally:
            for process in monitoring._processes:
                programs.stop(process)

    def _start(self) -> None:
        self._run(
            "prometheus-alertmanager", "--config.file=alertmanager.yml", "--storage.path=alertmanager",
            f"--web.listen-address=127.0.0.1:{self.alertmanager_port}", "--cluster.listen-address=",
        )  # fmt: skip
        self._run(
            "prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=prometheus",
            f"--web.listen-address=127.0.0.1:{self.port}",
        )  # fmt: skip
        for port in (self.alertmanager_port, self.port):
            wait_for(f"port {port} is ready", partial(self._is_ready, port))

    def _run(self, name: str, *arguments: str) -> None:
        with (self._directory / f"{name}.log").open("ab") as log:
            self._processes.append(programs.start([programs.tool(name), *arguments], log, directory=self._directory))

    def target_health(self) -> str:
        """`up`, `down`, or `unknown` before the first scrape."""
        answer = self._get(self.port, "/api/v1/targets")
        targets = json.loads(answer)["data"]["activeTargets"] if answer else []
        return targets[0]["health"] if targets else "unknown"

    def webhooks(self) -> dict[str, float]:
        """How many requests Alertmanager made to its webhooks, and how many of them failed."""
        text = (self._get(self.alertmanager_port, "/metrics") or b"").decode()
        found: dict[str, float] = {}
        for line in text.splitlines():
            for name in ("alertmanager_notifications_total", "alertmanager_notifications_failed_total"):
                if line.startswith(f'{name}{{integration="webhook"'):
                    found[name] = found.get(name, 0) + float(line.rpartition(" ")[2])
        return {
            "sent": found["alertmanager_notifications_total"],
            "failed": found["alertmanager_notifications_failed_total"],
        }

    def _is_ready(self, port: int) -> bool:
        return self._get(port, "/-/ready") is not None

    @staticmethod
    def _get(port: int, path: str) -> bytes | None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            body = response.read()
            return body if response.status == 200 else None
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()
