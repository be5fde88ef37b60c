"""A running installation of scripts/up in a directory of its own, for the tests of the scripts and of aw."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

import requests

ROOT = pathlib.Path(__file__).resolve().parents[2]


def run(*command, check=True, env=None, timeout=900):
    """Runs a command to its end; with `check`, one that fails shows what it said."""
    result = subprocess.run(
        [str(word) for word in command], env=env, text=True, capture_output=True, timeout=timeout,
        stdin=subprocess.DEVNULL)
    assert not check or result.returncode == 0, f"{command[0]}: {result.returncode}\n{result.stdout}{result.stderr}"
    return result


class Installation:
    def __init__(self, **environment):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="aw-up-"))
        # The user who runs PostgreSQL has to get in.
        self.directory.chmod(0o711)
        self.run = self.directory / "run"
        self.aw_program = ROOT / ".build/debug/aw"
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("AW_")} | environment

    def script(self, name, *arguments, check=True):
        return run(ROOT / "scripts" / name, *arguments, "--directory", self.run, check=check, env=self.environment)

    def up(self, *arguments, check=True):
        return self.script("up", "--debug", "--detach", "--json", *arguments, check=check)

    def aw(self, *arguments, check=True):
        return run(self.aw_program, *arguments, "--run", self.run, check=check, env=self.environment)

    def journal(self):
        """All that happened, a JSON object a line."""
        return self.aw("tail", "--after", "0-0", "--once", "--json").stdout

    def pid(self, name):
        return int((self.run / "state" / f"{name}.pid").read_text().split()[0])

    def processes(self):
        """The ids of all processes that belong to it."""
        found = []
        for entry in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                if str(self.run) in line or os.readlink(entry / "cwd").startswith(str(self.run)):
                    found.append(int(entry.name))
            except OSError:
                continue
        return [pid for pid in found if pid != os.getpid()]

    def remove(self):
        self.script("down", "--reset", check=False)
        shutil.rmtree(self.directory, ignore_errors=True)


def wait_for(condition, what, seconds=30):
    """Polls until the condition holds, and gives what it gave."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if result := condition():
                return result
        except (OSError, ValueError, requests.RequestException):
            pass
        time.sleep(0.1)
    raise AssertionError(f"{what} did not happen in {seconds} s")


def is_ready(url):
    return requests.get(url + "/health/ready", timeout=2).status_code == 200


def parsed(result):
    return json.loads(result.stdout)
