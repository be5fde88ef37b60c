"""What belongs to a company in the database, read past row-level security."""

import json
from collections.abc import Iterator
from typing import Any

from psycopg import sql

from installation import Installation

from world import Tenant, World

# A person of the provider belongs to the companies that they serve.
PEOPLE = (
    "SELECT to_jsonb(u) AS row FROM app_user u WHERE EXISTS "
    "(SELECT FROM membership m WHERE m.user_id = u.id AND m.company_id = %s)"
)


def company_tables(installation: Installation) -> list[str]:
    """Every table that holds rows of companies; partitions are part of their table."""
    rows = installation.rows(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'company_id' "
        "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition "
        "ORDER BY c.relname"
    )
    return [row["relname"] for row in rows]


def rows_of(installation: Installation, company_id: str) -> dict[str, list[str]]:
    """Each table's rows of a company, byte for byte, in a fixed order."""
    found = {}
    with installation.connect() as admin:
        for table in company_tables(installation):
            query = sql.SQL("SELECT t::text FROM {} t WHERE company_id = %s ORDER BY 1").format(sql.Identifier(table))
            found[table] = [row for (row,) in admin.execute(query, [company_id])]
    return found


def texts_of(installation: Installation, company_id: str) -> set[str]:
    """Every text in the rows of a company: ids, names, messages, what stands in JSON, and its people."""
    texts: set[str] = set()
    with installation.connect() as admin:
        for table in company_tables(installation):
            query = sql.SQL("SELECT to_jsonb(t) FROM {} t WHERE company_id = %s").format(sql.Identifier(table))
            for (row,) in admin.execute(query, [company_id]):
                texts.update(_leaves(row))
        for (row,) in admin.execute(PEOPLE, [company_id]):
            texts.update(_leaves(row))
    return texts


def foreign_texts(world: World, of: Tenant, to: Tenant) -> list[str]:
    """The texts of one company that the other can have from nowhere else."""
    own = "\n".join(texts_of(world.installation, to.id)) + json.dumps(world.contract.document)
    candidates = texts_of(world.installation, of.id) | set(of.secrets) | {of.mark}
    # Words that are in every company's rows, and times, which prove nothing.
    return sorted(text for text in candidates if len(text) >= 5 and text not in own and not _is_time(text))


def ids(world: World, tenant: Tenant, kind: str) -> list[str]:
    """Ids of a company's things, oldest first."""
    return [row["id"] for row in world.installation.rows(IDS[kind], tenant.id)]


IDS = {
    "alert": "SELECT id::text FROM alert WHERE company_id = %s ORDER BY id",
    "api_token": "SELECT id FROM api_token WHERE company_id = %s ORDER BY id",
    "asset": "SELECT id FROM asset WHERE company_id = %s ORDER BY id",
    "company": "SELECT company_id AS id FROM company WHERE company_id = %s",
    "incident": "SELECT id FROM incident WHERE company_id = %s ORDER BY id",
    "integration": "SELECT id FROM integration WHERE company_id = %s ORDER BY id",
    "maintenance_window": "SELECT id FROM maintenance_window WHERE company_id = %s ORDER BY id",
    # Not the technician who serves both companies.
    "user": "SELECT user_id AS id FROM membership WHERE company_id = %s AND user_id NOT IN "
    "(SELECT user_id FROM membership GROUP BY user_id HAVING count(*) > 1) ORDER BY user_id",
}


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield name
            yield from _leaves(part)
    elif isinstance(value, list):
        for part in value:
            yield from _leaves(part)
    elif isinstance(value, str):
        yield value


def _is_time(text: str) -> bool:
    return text[:4].isdigit() and text[4:5] == "-" and text[7:8] == "-"
