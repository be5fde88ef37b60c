import os
import subprocess
import urllib.parse
import uuid

import pytest
from installation import Installation, parsed


@pytest.fixture(scope="module")
def installation():
    one = Installation()
    try:
        one.facts = parsed(one.up("--ingest", "2"))
        yield one
    finally:
        one.remove()


@pytest.fixture
def database():
    """The URL of an empty database on the test server, for a user who is no superuser."""
    server = os.environ["AW_TEST_DATABASE_URL"]
    name = f"aw_scripts_{uuid.uuid4().hex[:12]}"

    def sql(*commands):
        arguments = [word for command in commands for word in ("-c", command)]
        subprocess.run(["psql", "-Xq", "-v", "ON_ERROR_STOP=1", *arguments, server], check=True, text=True)

    sql(f"CREATE ROLE {name} LOGIN CREATEROLE PASSWORD 'trial'",
        f"DO $$ BEGIN IF to_regrole('aw_owner') IS NOT NULL THEN "
        f"GRANT aw_owner, aw_worker, aw_console TO {name}; END IF; END $$",
        f"CREATE DATABASE {name} OWNER {name}")
    parts = urllib.parse.urlsplit(server)
    yield f"postgres://{name}:trial@{parts.hostname}:{parts.port}/{name}"
    sql(f"DROP DATABASE {name} WITH (FORCE)", f"DROP ROLE {name}")
