"""Whatever somebody of one company tries to change, another company's rows stay as they are, byte for byte."""

from typing import Any

import calls
import pytest
from belongings import ids, rows_of, texts_of
from console_api import Client
from conftest import World
from test_tenant_reads import VIEWERS, found_in


def differences(before: dict[str, list[str]], after: dict[str, list[str]]) -> dict[str, Any]:
    return {
        table: {"gone": set(before[table]) - set(after[table]), "new": set(after[table]) - set(before[table])}
        for table in before
        if before[table] != after[table]
    }


@pytest.mark.parametrize("viewer", VIEWERS)
def test_writes_that_name_company_b_change_nothing(
    viewer: str, world: World, viewers_of_a, secrets_of_b: list[str]
):
    role, client = viewers_of_a[viewer]
    may_write = client is world.a.people.get(role, world.people.admin).client
    before = rows_of(world.installation, world.b.id)
    leaks, wrong, tried = [], [], 0
    for operation in world.contract.operations:
        if operation.is_safe or not operation.needs_sign_in:
            continue
        kind = calls.item_kind(operation)
        tries = calls.writes(world, operation, world.b, world.b) if kind else []
        # On what is their own, naming what is not.
        tries += [call for call in calls.writes(world, operation, world.a, world.b) if call.names_foreign]
        for call in tries:
            answer = client.request(operation.method, call.path, call.body)
            tried += 1
            if found := found_in(answer, secrets_of_b):
                leaks.append((str(call), found))
            if not may_write or not operation.allows(role):
                allowed = {403, 404}
            elif call.names_foreign and call.path in calls.paths(world, operation, world.a):
                # 403 for the technician of company A, who is one of the provider's own people.
                allowed = {403, 404, 409, 422} if kind == "user" else {404, 409, 422}
            else:
                allowed = {404, 422} if call.names_foreign else {404}
            if answer.status not in allowed:
                wrong.append((str(call), answer.status, answer.text))
    assert leaks == []
    assert wrong == []
    assert tried > 50
    assert differences(before, rows_of(world.installation, world.b.id)) == {}
    # And nothing of company B came to stand in company A.
    own = "\n".join(texts_of(world.installation, world.a.id))
    assert [text for text in secrets_of_b if text in own] == []


def test_writes_that_name_no_company_leave_company_b_alone(world: World, secrets_of_b: list[str]):
    """By people of their own, since some of these calls end every session of a person."""
    spare = [world.people.make(role, world.a.id) for role in world.a.people]
    before = rows_of(world.installation, world.b.id)
    for person in spare:
        for operation in world.contract.operations:
            if operation.is_safe or calls.item_kind(operation):
                continue
            answer = person.client.request(operation.method, operation.path, operation.example)
            assert found_in(answer, secrets_of_b) == [], operation.name
            if person.client.get("/api/auth/me").status == 401:
                person = world.people.again(person)
    assert differences(before, rows_of(world.installation, world.b.id)) == {}


def test_an_idempotency_key_of_company_b_replays_nothing(world: World, secrets_of_b: list[str]):
    before = rows_of(world.installation, world.b.id)
    body = {"name": f"{world.b.mark} asset", "kind": f"{world.b.mark} kind", "instance_id": f"{world.b.mark} instance"}
    path = f"/api/companies/{world.b.id}/assets"
    client = world.a.people["company_admin"].client
    answer = client.post(path, body, idempotency_key=world.b.idempotency_key)
    assert answer.status == 404 and found_in(answer, secrets_of_b) == []
    # To company B's own admin it is known.
    again = world.b.people["company_admin"].client.post(path, body, idempotency_key=world.b.idempotency_key)
    assert again.status == 201 and again.headers["idempotent-replay"] == "true"
    assert differences(before, rows_of(world.installation, world.b.id)) == {}


def test_a_technician_who_leaves_company_b_sees_it_no_more(world: World):
    """Memberships count at once, also for sessions and tokens from before."""
    person = world.people.make("technician", world.a.id, world.b.id)
    incident = ids(world, world.b, "incident")[0]
    made = person.client.post("/api/auth/tokens", {"name": "script", "scopes": ["read", "write"]})
    token = Client(world.people.port, made.json["token"], world.contract)
    assert person.client.get(f"/api/incidents/{incident}").status == 200
    assert world.people.admin.client.patch(f"/api/users/{person.id}", {"company_ids": [world.a.id]}).status == 200
    for client in (person.client, token):
        assert client.get(f"/api/incidents/{incident}").status == 404
        assert client.post(f"/api/incidents/{incident}/notes", {"text": "still here?"}).status == 404
        assert {item["company_id"] for item in client.all("/api/incidents")} == {world.a.id}
