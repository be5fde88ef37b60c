"""Makes calls of what the OpenAPI document says, so that a new route is covered by itself.

What it can't make a call of fails the test: teach it the new name here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from belongings import ids
from console_api import Operation

from world import Tenant, World

# What `{id}` is, by the path that ends with it.
ITEMS = {
    "/api/alerts/{id}": "alert",
    "/api/assets/{id}": "asset",
    "/api/auth/tokens/{id}": "api_token",
    "/api/companies/{id}": "company",
    "/api/incidents/{id}": "incident",
    "/api/integrations/{id}": "integration",
    "/api/maintenance-windows/{id}": "maintenance_window",
    "/api/users/{id}": "user",
}
# Fields and parameters that name a thing.
REFERENCES = {
    "assigned_to": "user", "actor": "user", "company_id": "company", "company_ids": "company", "depends_on": "asset",
    "incident_id": "incident", "into": "incident", "user_id": "user",
}  # fmt: skip
LISTS_OF_REFERENCES = {"company_ids", "depends_on"}
# Fields that look like references and are none: the new company's id, and a cloud's name of a server.
NO_REFERENCES = {"id", "instance_id"}
# Values of parameters that name nothing.
PLAIN = {
    "severity": "high,low", "since": "2020-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z", "limit": "200",
    "from": "2020-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z", "action": "incident",
}  # fmt: skip
PLAIN_BY_PATH = {"/api/incidents": {"status": "open,resolved,merged"}}
# How many things of a kind stand for all of them.
SAMPLE = 2


@dataclass(frozen=True)
class Call:
    operation: Operation
    path: str
    query: dict[str, str] = field(default_factory=dict)
    body: Any = None
    # Whether the body names a thing of the other company, so that no such call may succeed.
    names_foreign: bool = False

    def __str__(self) -> str:
        return f"{self.operation.method} {self.path} {self.query or ''} {self.body or ''}"


def item_kind(operation: Operation) -> str | None:
    """What `{id}` of a path is; None when there is none."""
    if "{" not in operation.path:
        return None
    known = [kind for path, kind in ITEMS.items() if operation.path == path or operation.path.startswith(path + "/")]
    assert known and operation.parameters("path") == ["id"], (
        f"{operation.name}: say in calls.py what the parts of this path are"
    )
    return known[0]


def paths(world: World, operation: Operation, tenant: Tenant) -> list[str]:
    """The path, filled in with things of a company."""
    kind = item_kind(operation)
    if kind is None:
        return [operation.path]
    sample = ids(world, tenant, kind)[:SAMPLE]
    assert sample, f"{tenant.id} has no {kind}: let world.py make one"
    return [operation.path.replace("{id}", id) for id in sample]


def queries(world: World, operation: Operation, tenant: Tenant) -> Iterator[dict[str, str]]:
    """No query, and each parameter by itself, naming things of a company where it names things."""
    yield {}
    for parameter in operation.description["parameters"]:
        if parameter["in"] != "query" or parameter["name"] == "cursor":
            continue
        for value in _values(world, operation, parameter, tenant):
            yield {parameter["name"]: value}


def _values(world: World, operation: Operation, parameter: dict[str, Any], tenant: Tenant) -> list[str]:
    name = parameter["name"]
    if name in REFERENCES:
        found = ids(world, tenant, REFERENCES[name])[:SAMPLE]
        return [*found, f"user:{found[0]}"] if name == "actor" else found
    if name == "q":
        return [tenant.mark, "%", "_"]
    if name == "asset":
        return [f"{tenant.mark} server"]
    if "enum" in parameter["schema"]:
        return parameter["schema"]["enum"]
    plain = PLAIN_BY_PATH.get(operation.path, {}).get(name) or PLAIN.get(name)
    assert plain, f"{operation.name}: say in calls.py what to ask for with {name}"
    return [plain]


def reads(world: World, operation: Operation, path_of: Tenant, query_of: Tenant) -> list[Call]:
    return [
        Call(operation, path, query)
        for path in paths(world, operation, path_of)
        for query in queries(world, operation, query_of)
    ]


def writes(world: World, operation: Operation, path_of: Tenant, body_of: Tenant) -> list[Call]:
    """Calls with the document's example as body, and for each field that names a thing, one that names a thing of
    `body_of`."""
    bodies: list[tuple[Any, bool]] = [(_example(operation), False)]
    for name in operation.body_fields:
        if name in REFERENCES:
            for id in ids(world, body_of, REFERENCES[name])[:SAMPLE]:
                value = [id] if name in LISTS_OF_REFERENCES else id
                bodies.append(({**(_example(operation) or {}), name: value}, True))
        else:
            looks_like_one = name.endswith(("_id", "_ids")) or name == "id"
            assert not looks_like_one or name in NO_REFERENCES, f"{operation.name}: say in calls.py what {name} names"
    return [
        Call(operation, path, {}, body, names_foreign)
        for path in paths(world, operation, path_of)
        for body, names_foreign in bodies
    ]


def _example(operation: Operation) -> Any:
    example = operation.example
    assert bool(operation.body_fields) == bool(example), f"{operation.name}: the document shows no example of a body"
    if example and "role" in example:
        # One that a company admin may give, so that nothing else stands in the way.
        example["role"] = "client_viewer"
    return example
