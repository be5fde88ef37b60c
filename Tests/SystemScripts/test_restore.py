"""A logical copy, restored into another cluster as docs/operations.md says, with everything in it."""

import json
import os
import re
import subprocess
import urllib.parse
import uuid

from installation import wait_for


def run(*command, **environment):
    return subprocess.run(
        command, env=os.environ | environment, check=True, text=True, capture_output=True).stdout


def test_a_logical_restore_into_a_new_cluster_loses_no_event_and_no_secret(installation, tmp_path):
    installation.aw("send", "--asset", "to-be-restored")
    wait_for(lambda: "to-be-restored" in journal(installation, "--run", str(installation.run)), "an incident")
    before = journal(installation, "--run", str(installation.run))

    settings = dict(re.findall(r"^(AW_\w+)=(.*)$", (installation.run / "environment").read_text(), re.M))
    port = (installation.run / "postgres.port").read_text().strip()
    password = (installation.run / "secrets/postgres.password").read_text().strip()
    dump = tmp_path / "aw.dump"
    run("pg_dump", "--format=custom", f"--file={dump}", f"postgres://postgres@127.0.0.1:{port}/alert_whisperer",
        PGPASSWORD=password)

    server = urllib.parse.urlsplit(os.environ["AW_TEST_DATABASE_URL"])
    name = f"aw_restored_{uuid.uuid4().hex[:12]}"
    roles = "".join(
        f"DO $$ BEGIN IF to_regrole('{role}') IS NULL THEN CREATE ROLE {role} NOLOGIN; END IF; END $$;"
        for role in ("aw_owner", "aw_worker", "aw_console"))
    run("psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-c", roles,
        "-c", f"CREATE ROLE {name} LOGIN CREATEROLE PASSWORD 'trial'",
        "-c", f"GRANT aw_owner, aw_worker, aw_console TO {name}",
        "-c", f"CREATE DATABASE {name} OWNER {name}", os.environ["AW_TEST_DATABASE_URL"])
    # The dump names the old login only as the database's owner.
    administrator = urllib.parse.urlunsplit(server._replace(path=f"/{name}"))
    try:
        run("pg_restore", "--exit-on-error", "--role=postgres", f"--dbname={administrator}", "--no-comments", str(dump))
        restored = settings | {"AW_DATABASE_URL": f"postgres://{name}:trial@{server.hostname}:{server.port}/{name}"}
        aw = str(installation.aw_program)
        run("psql", "-Xqc", f"UPDATE service_instance SET heartbeat_at = heartbeat_at - interval '1 hour'",
            administrator)
        assert "fits" in run(aw, "migrate", "verify", **restored)
        run(aw, "migrate", "rebase-journal", **restored)
        after = run(aw, "tail", "--after", "0-0", "--once", "--json", **restored)
        assert ids(after) == ids(before)
        findings = subprocess.run(
            [aw, "doctor", "--json"], env=os.environ | restored, text=True, capture_output=True).stdout
        levels = {one["check"]: one["level"] for one in json.loads(findings)["findings"]}
        assert levels["master key"] == "ok" and levels["schema"] == "ok" and levels["roles"] == "ok"
    finally:
        run("psql", "-Xq", "-c", f"DROP DATABASE {name} WITH (FORCE)", "-c", f"DROP ROLE {name}",
            os.environ["AW_TEST_DATABASE_URL"])


def ids(lines):
    return sorted(json.loads(line)["id"] for line in lines.splitlines())


def journal(installation, *arguments):
    return run(str(installation.aw_program), "tail", "--after", "0-0", "--once", "--json", *arguments)
