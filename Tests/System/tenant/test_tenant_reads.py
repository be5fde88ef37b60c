"""Whatever somebody of one company reads, nothing of another company is in it."""

import json

import calls
import pytest
from belongings import company_tables, ids, rows_of, texts_of
from console_api import Answer, Client, Operation
from conftest import World

# Routes that show nothing of any company, so that even the MSP admin sees nothing of company B there.
ABOUT_NO_COMPANY = {"/api/auth/me", "/api/auth/tokens", "/api/fleet", "/api/openapi.json"}
# Routes whose answers hold figures alone.
FIGURES_ALONE = {"/api/metrics/overview"}
SETTINGS = "/api/companies/{id}/settings/"


def found_in(answer: Answer, texts: list[str]) -> list[str]:
    # In JSON a quote inside of a text is escaped.
    plain = answer.everything.replace('\\"', '"').replace("\\\\", "\\").replace("\\/", "/")
    return [text for text in texts if text in plain]


def ask(client: Client, call: calls.Call) -> list[Answer]:
    """The answer, and every further page of it."""
    answers = [client.request(call.operation.method, call.path, **call.query)]
    while answers[-1].status == 200 and answers[-1].headers["content-type"] == "application/json":
        page = answers[-1].json
        if not isinstance(page, dict) or not page.get("next_cursor"):
            break
        answers.append(client.request("GET", call.path, **{**call.query, "cursor": page["next_cursor"]}))
    return answers


def safe_operations(world: World) -> list[Operation]:
    return [operation for operation in world.contract.operations if operation.is_safe]


def test_there_is_data_of_every_kind(world: World, secrets_of_b: list[str]):
    """What follows proves something only if there is something to be seen."""
    rows = rows_of(world.installation, world.b.id)
    assert [table for table in company_tables(world.installation) if not rows[table]] == []
    assert {len(ids(world, world.a, kind)) > 0 for kind in calls.ITEMS.values()} == {True}
    for text in [world.b.id, world.b.mark, *world.b.secrets, *(person.id for person in world.b.people.values())]:
        assert text in secrets_of_b
    marked = {text for text in secrets_of_b if world.b.mark.lower() in text.lower()}
    assert len(marked) > 30, marked


def test_the_msp_admin_does_see_company_b_by_the_same_calls(world: World, secrets_of_b: list[str]):
    """So that a call which could show nothing to anybody does not count as proof."""
    blind = []
    for operation in safe_operations(world):
        if operation.path in ABOUT_NO_COMPANY | FIGURES_ALONE or operation.path.startswith(SETTINGS):
            continue
        answers = [
            answer
            for call in calls.reads(world, operation, world.b, world.b)[:SMALL]
            for answer in ask(world.people.admin.client, call)
        ]
        if not any(found_in(answer, secrets_of_b) for answer in answers):
            blind.append(operation.name)
    assert blind == []


SMALL = 4
VIEWERS = ["company_admin", "technician", "client_viewer", "read token of the company_admin"]


@pytest.mark.parametrize("viewer", VIEWERS)
def test_nothing_of_company_b_is_in_any_answer(viewer: str, world: World, viewers_of_a, secrets_of_b: list[str]):
    role, client = viewers_of_a[viewer]
    leaks, wrong, shown = [], [], 0
    for operation in safe_operations(world):
        kind = calls.item_kind(operation)
        own = calls.reads(world, operation, world.a, world.a) + calls.reads(world, operation, world.a, world.b)
        foreign = calls.reads(world, operation, world.b, world.a)[:SMALL] if kind else []
        for call in own + foreign:
            answers = ask(client, call)
            leaks += [(str(call), found) for answer in answers if (found := found_in(answer, secrets_of_b))]
            status = answers[0].status
            if call in foreign:
                allowed = {404} if operation.allows(role) else {403, 404}
            elif not operation.allows(role):
                allowed = {403}
            elif kind == "api_token":
                allowed = {200, 404}
            else:
                # 404 for a filter that names company B itself.
                allowed = {404} if call.query.get("company_id") == world.b.id else {200}
            if status not in allowed:
                wrong.append((str(call), status, answers[0].text))
            shown += status == 200 and world.a.mark in answers[0].text
    assert leaks == []
    assert wrong == []
    # They did see their own.
    assert shown > 20


@pytest.mark.parametrize("viewer", VIEWERS)
def test_a_cursor_from_another_company_opens_nothing(
    viewer: str, world: World, viewers_of_a, secrets_of_b: list[str]
):
    """Cursors name the item at which a page ended; one that an MSP admin was given may name one of company B."""
    _, client = viewers_of_a[viewer]
    leaks, used = [], 0
    for operation in safe_operations(world):
        if "cursor" not in operation.parameters("query"):
            continue
        for path in calls.paths(world, operation, world.a):
            for path_of_b in calls.paths(world, operation, world.b):
                for cursor in _cursors(world, path_of_b):
                    answer = client.get(path, cursor=cursor, limit=200)
                    used += 1
                    if found := found_in(answer, secrets_of_b):
                        leaks.append((operation.name, cursor, found))
    assert leaks == []
    assert used > 20


def _cursors(world: World, path: str) -> list[str]:
    cursors = []
    for page in world.people.admin.client.pages(path, limit=1):
        cursors.append(page.json["next_cursor"])
        if len(cursors) == SMALL:
            break
    return [cursor for cursor in cursors if cursor]


def test_the_person_who_serves_both_shows_neither_the_other(world: World, secrets_of_b: list[str]):
    for viewer in ("company_admin", "technician"):
        client = world.a.people[viewer].client
        shared = client.get(f"/api/users/{world.shared.id}")
        assert shared.status == 200 and shared.json["company_ids"] == [world.a.id]
        assert found_in(shared, secrets_of_b) == []
    seen = {item["company_id"] for item in world.shared.client.all("/api/incidents")}
    assert seen == {world.a.id, world.b.id}


def test_company_b_sees_nothing_of_company_a_either(world: World):
    own = "\n".join(texts_of(world.installation, world.b.id)) + json.dumps(world.contract.document)
    of_a = [text for text in (world.a.id, world.a.mark, *world.a.secrets) if text not in own]
    assert len(of_a) > 5
    client = world.b.people["company_admin"].client
    for operation in safe_operations(world):
        for call in calls.reads(world, operation, world.b, world.b):
            for answer in ask(client, call):
                assert found_in(answer, of_a) == [], call


def test_nobody_is_told_anything_without_signing_in(world: World, secrets_of_b: list[str]):
    nobody = Client(world.people.port, contract=world.contract)
    for operation in world.contract.operations:
        if operation.needs_sign_in:
            for path in calls.paths(world, operation, world.b):
                answer = nobody.request(operation.method, path, operation.example)
                assert answer.status == 401, (operation.name, answer)
                assert found_in(answer, secrets_of_b) == []
