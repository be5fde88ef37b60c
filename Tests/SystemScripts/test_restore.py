"""A logical copy, restored into another cluster as docs/operations.md says, with everything in it."""

import json
import os
import re
import urllib.parse
import uuid

from installation import run, wait_for

ROLES = """
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['aw_owner', 'aw_worker', 'aw_console', 'alert_whisperer'] LOOP
        IF to_regrole(wanted) IS NULL THEN EXECUTE format('CREATE ROLE %I', wanted); END IF;
    END LOOP;
END
$$
"""


def test_a_logical_restore_into_a_new_cluster_loses_no_event_and_no_secret(installation, tmp_path):
    installation.aw("send", "--asset", "to-be-restored")
    wait_for(lambda: "to-be-restored" in installation.journal(), "an incident")
    before = installation.journal()

    settings = dict(re.findall(r"^(AW_\w+)=(.*)$", (installation.run / "environment").read_text(), re.M))
    port = (installation.run / "postgres.port").read_text().strip()
    password = (installation.run / "secrets/postgres.password").read_text().strip()
    dump = tmp_path / "aw.dump"
    run("pg_dump", "--format=custom", f"--file={dump}", f"postgres://postgres@127.0.0.1:{port}/alert_whisperer",
        env=os.environ | {"PGPASSWORD": password})

    server = os.environ["AW_TEST_DATABASE_URL"]
    name = f"aw_restored_{uuid.uuid4().hex[:12]}"
    administrator = urllib.parse.urlsplit(server)._replace(path=f"/{name}").geturl()
    sql(server, ROLES, f"CREATE ROLE {name} LOGIN PASSWORD 'trial'",
        f"GRANT aw_owner, aw_worker, aw_console, alert_whisperer TO {name}", f"CREATE DATABASE {name} OWNER {name}")
    try:
        run("pg_restore", "--exit-on-error", f"--dbname={administrator}", dump)
        address = urllib.parse.urlsplit(server)
        restored = os.environ | settings | {
            "AW_DATABASE_URL": f"postgres://{name}:trial@{address.hostname}:{address.port}/{name}"}
        aw = installation.aw_program

        # The services of the copy's origin seemed to be alive a moment ago.
        refused = run(aw, "migrate", "rebase-journal", env=restored, check=False)
        assert refused.returncode == 1 and "services run on this database" in refused.stderr
        sql(administrator, "DELETE FROM service_instance")
        # Rows from a cluster in which more transactions ran are not seen ...
        sql(administrator, "UPDATE journal SET transaction_id = '9000000000'",
            "UPDATE journal_reader SET transaction_id = '9000000000'")
        assert run(aw, "tail", "--after", "0-0", "--once", "--json", env=restored).stdout == ""
        # ... until they are moved.
        assert "The schema fits" in run(aw, "migrate", "verify", env=restored).stdout
        run(aw, "migrate", "rebase-journal", env=restored)
        assert ids(run(aw, "tail", "--after", "0-0", "--once", "--json", env=restored).stdout) == ids(before)

        findings = json.loads(run(aw, "doctor", "--json", env=restored, check=False).stdout)["findings"]
        levels = {one["check"]: one["level"] for one in findings}
        assert levels["master key"] == levels["schema"] == levels["roles"] == levels["partitions"] == "ok"
    finally:
        sql(server, f"DROP DATABASE {name} WITH (FORCE)", f"DROP ROLE {name}")


def sql(url, *commands):
    run("psql", "-Xq", "-v", "ON_ERROR_STOP=1", *[word for command in commands for word in ("-c", command)], url)


def ids(lines):
    return sorted(json.loads(line)["id"] for line in lines.splitlines())
