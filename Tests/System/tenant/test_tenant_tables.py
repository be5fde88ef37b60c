"""Row-level security by itself: what the Console's database role can do to a company that its transaction does not name."""

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from belongings import company_tables, rows_of
from conftest import World
from psycopg import sql

# `aw.companies` of a transaction that may not touch company B; None: not set at all.
SCOPES = {"unset": None, "empty": "", "no company": "{}", "company A": "{comp-ashwood}"}
# What the Console's role may see that belongs to no company: the clock of tests, which migrations ran, and where the
# processes are.
FREE_TABLES = {"clock_offset", "schema_migration", "service_instance"}


@contextlib.contextmanager
def as_console(world: World, scope: str | None) -> Iterator[psycopg.Connection]:
    """A transaction as the Console begins it for a viewer, rolled back at the end. `RESET ROLE` makes it a superuser's."""
    with world.installation.connect() as connection, connection.transaction(force_rollback=True):
        connection.execute("SET LOCAL ROLE aw_console")
        if scope is not None:
            connection.execute("SELECT set_config('aw.companies', %s, true)", [scope])
        yield connection


def attempt(connection: psycopg.Connection, query: sql.Composed, values: list[Any] | None = None) -> int | None:
    """How many rows a statement touched; None when it was refused for lack of permission."""
    try:
        with connection.transaction():
            return connection.execute(query, values).rowcount
    except psycopg.errors.InsufficientPrivilege:
        return None


def readable_columns(world: World, table: str) -> list[str]:
    rows = world.installation.rows(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped "
        "AND has_column_privilege('aw_console', attrelid, attnum, 'SELECT') ORDER BY attnum",
        table,
    )
    return [row["attname"] for row in rows]


def privileges(world: World, where: str) -> dict[str, list[str]]:
    """What the Console's role may do to tables, by table; partitions and views too."""
    rows = world.installation.rows(
        "SELECT c.relname AS table, array_agg(p.name ORDER BY p.name) AS may FROM pg_class c, "
        "unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS p (name) "
        "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f') "
        "AND (has_table_privilege('aw_console', c.oid, p.name) OR p.name IN ('SELECT', 'INSERT', 'UPDATE') "
        f"AND has_any_column_privilege('aw_console', c.oid, p.name)) AND {where} GROUP BY c.relname"
    )
    return {row["table"]: row["may"] for row in rows}


@pytest.fixture(scope="module")
def tables(world: World) -> list[str]:
    found = company_tables(world.installation)
    assert len(found) > 15
    return found


def test_every_table_of_companies_has_row_level_security_enabled_and_forced(world: World, tables: list[str]):
    rows = world.installation.rows(
        "SELECT relname FROM pg_class WHERE relname = ANY (%s) AND NOT (relrowsecurity AND relforcerowsecurity)", tables
    )
    assert rows == []


def test_every_table_of_companies_has_the_company_first_in_its_primary_key(world: World, tables: list[str]):
    rows = world.installation.rows(
        "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid "
        "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] "
        "WHERE i.indisprimary AND a.attname = 'company_id'"
    )
    assert set(tables) - {row["relname"] for row in rows} == set()


def test_the_role_passes_no_policy_by(world: World):
    role = "SELECT rolsuper, rolbypassrls, rolcanlogin, rolcreaterole FROM pg_roles WHERE rolname = 'aw_console'"
    assert set(world.installation.rows(role)[0].values()) == {False}
    memberships = "SELECT FROM pg_auth_members WHERE member = 'aw_console'::regrole"
    assert world.installation.rows(memberships) == []
    policies = world.installation.rows(
        "SELECT tablename, policyname FROM pg_policies WHERE 'public' = ANY (roles) OR "
        "('aw_console' = ANY (roles) AND coalesce(qual, with_check) NOT LIKE '%%aw_companies()%%')"
    )
    # People are also seen where they serve, by a look at `membership`, which has a policy of its own.
    assert policies == [{"tablename": "app_user", "policyname": "console_serves"}]


def test_partitions_are_reached_through_their_table_alone(world: World, tables: list[str]):
    with world.installation.connect() as admin:
        admin.execute("SELECT aw_ensure_partitions(current_date + 100, 2)")
    count = "SELECT count(*) FROM pg_class WHERE relispartition AND relkind IN ('r', 'p')"
    assert world.installation.value(count) > 30
    assert privileges(world, "c.relispartition") == {}


def test_what_belongs_to_no_company_is_closed_but_for_three_tables(world: World, tables: list[str]):
    without_company = (
        "NOT c.relispartition AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid "
        "AND a.attname = 'company_id')"
    )
    assert set(privileges(world, without_company)) == FREE_TABLES
    assert privileges(world, "c.relkind IN ('v', 'm', 'f')") == {}


def test_no_function_leads_past_the_policies(world: World):
    """A definer's function runs with the rights of its owner, whoever calls it."""
    doors = world.installation.rows(
        "SELECT p.oid::regprocedure::text AS door FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace "
        "AND p.prosecdef AND has_function_privilege('aw_console', p.oid, 'EXECUTE')"
    )
    assert doors == []


@pytest.mark.parametrize("scope", SCOPES)
def test_no_row_of_company_b_is_visible(scope: str, world: World, tables: list[str]):
    seen, own = {}, 0
    with as_console(world, SCOPES[scope]) as connection:
        for table in tables:
            columns = readable_columns(world, table)
            if not columns:
                assert attempt(connection, sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))) is None
                continue
            everything = sql.SQL("SELECT {} FROM {}").format(
                sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(table)
            )
            rows = connection.execute(everything).fetchall()
            place = columns.index("company_id")
            if foreign := {row[place] for row in rows} - {world.a.id}:
                seen[table] = foreign
            own += len(rows)
    # The provider's own people who serve company A.
    assert seen == ({"app_user": {"_msp"}} if scope == "company A" else {})
    assert (own > 50) == (scope == "company A"), own


@pytest.mark.parametrize("scope", SCOPES)
def test_rows_of_company_b_are_neither_changed_nor_deleted(scope: str, world: World, tables: list[str]):
    before = rows_of(world.installation, world.b.id)
    touched = {}
    for table in tables:
        name = sql.Identifier(table)
        queries = [
            sql.SQL("UPDATE {} SET company_id = company_id WHERE company_id = {}").format(name, sql.Literal(world.b.id)),
            sql.SQL("DELETE FROM {} WHERE company_id = {}").format(name, sql.Literal(world.b.id)),
            sql.SQL("UPDATE {} SET company_id = company_id").format(name),
            sql.SQL("DELETE FROM {}").format(name),
            sql.SQL("TRUNCATE {} CASCADE").format(name),
        ]
        with as_console(world, SCOPES[scope]) as connection:
            for query in queries[:2]:
                if attempt(connection, query):
                    touched[query.as_string()] = "rows"
            for query in queries[2:]:
                # Of the rows that it does see it may take what it will; those of company B stay.
                with contextlib.suppress(psycopg.errors.ForeignKeyViolation):
                    attempt(connection, query)
            connection.execute("RESET ROLE")
            left = sql.SQL("SELECT t::text FROM {} t WHERE company_id = {} ORDER BY 1").format(
                name, sql.Literal(world.b.id)
            )
            if [row for (row,) in connection.execute(left)] != before[table]:
                touched[table] = "other rows"
    assert touched == {}
    assert rows_of(world.installation, world.b.id) == before


@pytest.mark.parametrize("scope", SCOPES)
def test_no_row_can_be_put_into_company_b(scope: str, world: World, tables: list[str]):
    before = rows_of(world.installation, world.b.id)
    written = []
    for table in tables:
        name = sql.Identifier(table)
        with world.installation.connect() as admin:
            copy = sql.SQL("SELECT to_jsonb(t) FROM {} t WHERE company_id = %s LIMIT 1").format(name)
            ((row,),) = admin.execute(copy, [world.b.id]).fetchall()
        insert = sql.SQL("INSERT INTO {} SELECT * FROM jsonb_populate_record(NULL::{}, %s)").format(name, name)
        move = sql.SQL("UPDATE {} SET company_id = {}").format(name, sql.Literal(world.b.id))
        with as_console(world, SCOPES[scope]) as connection:
            if attempt(connection, insert, [json.dumps(row)]) is not None:
                written.append(f"{table}: insert")
            # Rows of company A moved into company B; zero where none is to be seen.
            if attempt(connection, move):
                written.append(f"{table}: move")
    assert written == []
    assert rows_of(world.installation, world.b.id) == before
