"""scripts/up and scripts/down on this machine, with real processes and a real PostgreSQL."""

import os
import re
import signal
import subprocess
import time

import requests
from installation import ROOT, Installation, is_ready, parsed, wait_for

FIELDS = {
    "console_url", "ingest_url", "ingest_urls", "admin_email", "admin_password", "company_id", "api_key",
    "hmac_secret",
}


def test_json_is_alone_on_standard_output_and_every_address_in_it_is_ready(installation):
    facts = installation.facts
    assert set(facts) == FIELDS
    assert len(facts["ingest_urls"]) == 2
    assert facts["ingest_url"] == facts["ingest_urls"][0]
    assert all(is_ready(url) for url in [facts["console_url"], *facts["ingest_urls"]])


def test_secrets_are_for_their_owner_alone(installation):
    for name in ["credentials.json", "environment"]:
        assert (installation.run / name).stat().st_mode & 0o077 == 0
    assert (installation.run / "secrets").stat().st_mode & 0o077 == 0
    for secret in (installation.run / "secrets").iterdir():
        assert secret.stat().st_mode & 0o077 == 0


def test_no_log_shows_a_secret(installation):
    secrets = [f.read_text().strip() for f in (installation.run / "secrets").iterdir()]
    secrets += [installation.facts[name] for name in ("admin_password", "hmac_secret", "api_key")]
    logs = "".join(f.read_text(errors="replace") for f in (installation.run / "logs").iterdir())
    assert not [s for s in secrets if s in logs]


def test_the_server_is_reached_with_a_password_and_from_this_machine_alone(installation):
    environment = (installation.run / "environment").read_text()
    url = re.search(r"AW_DATABASE_URL=(.*)", environment)[1]
    port = int(re.search(r":(\d+)/", url)[1])
    listening = [line.split()[1] for line in open("/proc/net/tcp") if line.split()[3] == "0A"]
    assert f"0100007F:{port:04X}" in listening
    assert f"00000000:{port:04X}" not in listening
    bare = re.sub(r"//([^:]*):[^@]*@", r"//\1@", url)
    psql = subprocess.run(["psql", "-w", bare, "-c", "SELECT 1"], capture_output=True, text=True)
    assert psql.returncode != 0 and "password" in psql.stderr
    shown = subprocess.run(
        ["psql", url, "-Atc", "SELECT rolsuper, current_setting('fsync') FROM pg_roles WHERE rolname = current_user"],
        capture_output=True, text=True)
    assert shown.stdout.strip() == "f|on"


def test_a_second_run_says_the_same_in_seconds_and_starts_nothing(installation):
    before = sorted(installation.processes())
    began = time.monotonic()
    again = installation.up()
    assert parsed(again) == installation.facts
    assert time.monotonic() - began < 5
    assert "runs already" in again.stderr
    assert sorted(installation.processes()) == before


def test_the_curl_that_is_printed_is_accepted_as_it_stands(installation):
    text = installation.script("up", "--debug", "--detach").stdout
    assert installation.facts["admin_password"] in text
    lines = text.splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("  BODY="))
    command = "\n".join(lines[first:first + 6])
    answer = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert '"accepted":1' in answer.stdout.replace(" ", "")


def test_a_service_that_dies_is_started_again_at_once_with_a_line_that_says_so(installation):
    addresses = {"ingest-1": installation.facts["ingest_urls"][0], "console": installation.facts["console_url"]}
    for name in ["ingest-1", "ingest-2", "correlator", "slawatch", "console"]:
        before = installation.pid(name)
        os.kill(before, signal.SIGKILL)
        wait_for(lambda: installation.pid(name) != before, f"a new {name}", 5)
        log = (installation.run / "logs/supervisor.log").read_text()
        assert f"{name} was ended by signal KILL and is started again." in log
        if name in addresses:
            wait_for(lambda: is_ready(addresses[name]), f"{name} being ready")


def test_postgresql_that_dies_is_started_again_and_has_lost_nothing(installation):
    installation.aw("send", "--asset", "before-the-crash", "--signature", "disk_full")
    os.kill(installation.pid("postgres"), signal.SIGKILL)
    wait_for(lambda: installation.aw("send", "--asset", "after-the-crash", check=False).returncode == 0, "an answer")
    wait_for(lambda: "after-the-crash" in installation.journal(), "an incident")
    assert "before-the-crash" in installation.journal()


def test_a_supervisor_that_was_ended_leaves_nothing_in_the_way_of_the_next_start(installation):
    before = installation.processes()
    os.kill(installation.pid("supervisor"), signal.SIGKILL)
    facts = parsed(installation.up("--ingest", "2"))
    assert facts == installation.facts
    assert not set(before) & set(installation.processes())
    assert is_ready(facts["ingest_url"])


def test_two_starts_at_once_give_one_installation(installation):
    installation.script("down")
    command = [ROOT / "scripts/up", "--debug", "--detach", "--json", "--ingest", "2", "--directory", installation.run]
    both = [
        subprocess.Popen(command, env=installation.environment, text=True, stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL)
        for _ in range(2)
    ]
    answers = [one.communicate(timeout=300)[0] for one in both]
    assert answers[0] == answers[1]
    assert len(list((installation.run / "state").glob("*.keeper.pid"))) == 6


def test_down_stops_everything_and_up_goes_on_with_the_same_data(installation):
    installation.script("down")
    assert installation.processes() == []
    assert parsed(installation.up("--ingest", "2")) == installation.facts
    assert "before-the-crash" in installation.journal()


def test_ctrl_c_stops_everything_in_order(installation):
    installation.script("down")
    command = [ROOT / "scripts/up", "--debug", "--directory", installation.run]
    up = subprocess.Popen(
        command, env=installation.environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
    wait_for(lambda: (installation.run / "state/phase").read_text() == "ready", "being ready", 300)
    wait_for(lambda: is_ready(installation.facts["console_url"]), "the Console being ready")
    time.sleep(1)  # the report is being printed
    up.send_signal(signal.SIGINT)
    _, words = up.communicate(timeout=60)
    assert up.returncode == 0
    assert words.rstrip().endswith("Everything is stopped; the data is kept.")
    assert installation.processes() == []


def test_a_port_that_is_taken_is_passed_over(installation):
    installation.script("down")
    with subprocess.Popen(
        ["python3", "-c", "import socket,time; s=socket.create_server(('127.0.0.1', 18080)); time.sleep(600)"]
    ) as other:
        try:
            wait_for(lambda: "0100007F:46A0" in open("/proc/net/tcp").read(), "the port being taken")
            installation.environment["AW_INGEST_PORT"] = "18080"
            facts = parsed(installation.up())
            assert facts["ingest_url"] != "http://127.0.0.1:18080"
            assert is_ready(facts["ingest_url"])
        finally:
            del installation.environment["AW_INGEST_PORT"]
            other.kill()
            installation.script("down")


def test_a_service_that_can_not_start_is_shown_with_its_last_words(installation):
    installation.environment["AW_LOG_LEVEL"] = "loud"
    try:
        failed = installation.up(check=False)
    finally:
        del installation.environment["AW_LOG_LEVEL"]
    assert failed.returncode == 1 and failed.stdout == ""
    assert 'AW_LOG_LEVEL is "loud"; it must be one of' in failed.stderr
    assert installation.processes() == []


def test_reset_removes_the_data_and_says_so(installation):
    installation.up()
    words = installation.script("down", "--reset").stderr
    assert "Removed from" in words and "postgres" in words and "credentials.json" in words
    assert not installation.run.exists()
    assert "Nothing was started here." in installation.script("down", "--reset").stderr


def test_data_goes_elsewhere_when_its_user_can_not_reach_the_directory():
    one = Installation()
    one.directory.chmod(0o700)
    try:
        started = one.up()
        cluster = (one.run / "postgres").resolve()
        if os.geteuid() == 0:
            assert str(cluster).startswith("/var/lib/alert-whisperer/")
            assert "can't reach" in started.stderr
        assert (cluster / "data/PG_VERSION").exists()
        one.script("down", "--reset")
        assert not cluster.exists()
    finally:
        one.remove()


def test_a_server_that_is_named_is_used_and_none_is_started(database):
    one = Installation(AW_DATABASE_URL=database)
    try:
        facts = parsed(one.up())
        assert is_ready(facts["ingest_url"])
        assert not (one.run / "postgres").exists()
        assert one.aw("send").returncode == 0
        # The same accounts again, and new ones for a directory that does not know them.
        one.script("down")
        assert parsed(one.up()) == facts
        one.script("down", "--reset")
        fresh = parsed(one.up())
        assert fresh["admin_email"] == facts["admin_email"]
        assert fresh["admin_password"] != facts["admin_password"]
        assert one.aw("send").returncode == 0
    finally:
        one.remove()


def test_a_missing_swift_is_named_with_what_to_do(tmp_path):
    one = Installation(PATH="/usr/bin:/bin")
    try:
        failed = one.up(check=False)
        assert failed.returncode == 1 and failed.stdout == ""
        assert "Swift 6 is missing" in failed.stderr and "swift.org/install" in failed.stderr
    finally:
        one.remove()


def test_what_is_no_option_is_refused_and_help_has_examples():
    for script in ["up", "down", "test", "format"]:
        wrong = subprocess.run([ROOT / "scripts" / script, "--wat"], capture_output=True, text=True)
        assert wrong.returncode == 1 and "--help" in wrong.stderr
        right = subprocess.run([ROOT / "scripts" / script, "--help"], capture_output=True, text=True)
        assert right.returncode == 0 and "Examples:" in right.stdout
    for arguments in (["--ingest", "0"], ["--ingest", "x"], ["--ingest"]):
        wrong = subprocess.run([ROOT / "scripts/up", *arguments], capture_output=True, text=True)
        assert wrong.returncode == 1
