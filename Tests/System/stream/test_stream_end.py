"""A stream ends with the right to it."""

import time

from console_api import Client
from scene import Scene


def test_the_end_of_a_session_closes_its_sockets_within_three_seconds(scene: Scene):
    company = scene.company()

    def person():
        return scene.people.make("technician", company.id)

    leaver, everywhere, deleted, patched, reset, tokened, stays = (person() for _ in range(7))
    made = tokened.client.post("/api/auth/tokens", {"name": "script", "scopes": ["read"]}).json
    elsewhere = [scene.people.again(who) for who in (leaver, everywhere)]
    sockets = {
        "logout": scene.stream(leaver), "logout-all": scene.stream(everywhere),
        "logout-all, another session": scene.stream(elsewhere[1]), "deleted": scene.stream(deleted),
        "new password": scene.stream(patched), "password reset by aw": scene.stream(reset),
        "API token revoked": scene.sockets.connect(scene.port, made["token"]).subscribe(),
    }  # fmt: skip
    remaining = [scene.stream(stays), scene.stream(elsewhere[0]), scene.stream(tokened)]
    admin = scene.admin.client
    scene.installation.command("user", "reset-password", reset.email)
    statuses = [
        leaver.client.post("/api/auth/logout").status, everywhere.client.post("/api/auth/logout-all").status,
        admin.delete(f"/api/users/{deleted.id}").status,
        admin.patch(f"/api/users/{patched.id}", {"password": "another long password"}).status,
        tokened.client.delete(f"/api/auth/tokens/{made['api_token']['id']}").status,
    ]  # fmt: skip
    ended = time.monotonic()
    assert statuses == [204, 204, 204, 200, 204]
    closed = {name: socket.wait_closed(max(0.1, ended + 3 - time.monotonic()))[0] for name, socket in sockets.items()}
    assert closed == dict.fromkeys(sockets, 4401)
    # And nobody else's.
    for socket in remaining:
        scene.quiet(socket, company)
        assert socket.closed is None


def test_an_ended_session_gets_nothing_of_what_happens_after_it(scene: Scene):
    company = scene.company()
    person = scene.people.make("technician", company.id)
    socket = scene.stream(person)
    assert person.client.post("/api/auth/logout").status == 204
    assert socket.wait_closed(3)[0] == 4401
    before = len(socket.frames)
    scene.open_incident(company)
    assert len(socket.frames) == before
    assert Client(scene.port, person.client.token).get("/api/auth/me").status == 401


def test_who_serves_a_company_no_more_gets_its_frames_no_more(scene: Scene):
    left, kept = scene.company(), scene.company()
    person = scene.people.make("technician", left.id, kept.id)
    socket = scene.stream(person)
    first = scene.open_incident(left)
    socket.wait_for("the incident", lambda frame: frame.get("data", {}).get("id") == first)
    assert scene.admin.client.patch(f"/api/users/{person.id}", {"company_ids": [kept.id]}).status == 200
    deadline = time.monotonic() + 3
    # Its session goes on, and with it the socket; only the company is gone, within three seconds.
    while time.monotonic() < deadline:
        time.sleep(0.1)
    hidden = scene.open_incident(left, signature="after_leaving")
    frames = scene.quiet(socket, kept)
    assert [frame for frame in frames if frame.get("data", {}).get("id") == hidden] == []
    assert [frame for frame in frames if frame.get("data", {}).get("signature") == "after_leaving"] == []
    assert socket.closed is None


def test_a_member_of_a_new_company_gets_its_frames(scene: Scene):
    own, added = scene.company(), scene.company()
    person = scene.people.make("technician", own.id)
    socket = scene.stream(person)
    assert scene.admin.client.patch(f"/api/users/{person.id}", {"company_ids": [own.id, added.id]}).status == 200
    deadline = time.monotonic() + 5
    number = 0
    while not socket.got(lambda frame: frame.get("data", {}).get("company_id") == added.id):
        assert time.monotonic() < deadline, "nothing of the new company arrives"
        scene.open_incident(added, signature=f"failure_{number}")
        number += 1
