"""Debian's Alertmanager, which keeps alerts in memory only: the measure that our figures are ratios of."""

import contextlib
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from installation import free_ports, programs, wait_for

CONFIGURATION = """
route: {receiver: nobody, group_by: [alertname], group_wait: 30s}
receivers: [{name: nobody}]
"""


class Alertmanager:
    def __init__(self, port: int, process: int):
        self.address = f"127.0.0.1:{port}"
        self.process = process

    @classmethod
    @contextlib.contextmanager
    def running(cls) -> Iterator["Alertmanager"]:
        with tempfile.TemporaryDirectory(prefix="aw-bench.") as place:
            directory = Path(place)
            (directory / "configuration.yml").write_text(CONFIGURATION)
            port = free_ports(1)[0]
            with (directory / "log").open("wb") as log:
                process = programs.start(
                    [
                        programs.tool("prometheus-alertmanager"), f"--config.file={directory}/configuration.yml",
                        f"--storage.path={directory}/data", f"--web.listen-address=127.0.0.1:{port}",
                        "--cluster.listen-address=", "--log.level=error",
                    ],
                    log,
                )  # fmt: skip
            try:
                wait_for("Alertmanager is ready", lambda: cls._is_ready(port))
                yield cls(port, process.pid)
            finally:
                programs.stop(process)

    @staticmethod
    def _is_ready(port: int) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/-/ready", timeout=2) as answer:
                return answer.status == 200
        except (OSError, urllib.error.URLError):
            return False
