"""Who may open the live stream, and what they must say first."""

import pytest
from scene import Scene
from sockets import Refused


def test_a_token_is_offered_as_a_subprotocol_and_never_selected(scene: Scene):
    token = scene.admin.client.token
    for offered in (["aw.v1", f"aw.token.{token}"], [f"aw.token.{token}", "aw.v1"]):
        socket = scene.sockets.connect(scene.port, protocols=offered)
        assert socket.protocol == "aw.v1"
        assert socket.subscribe().types() == ["subscribed"]


def test_the_session_cookie_opens_it_from_a_page_of_our_own(scene: Scene):
    cookie = f"other=1; aw_session={scene.people.again(scene.admin).client.token}"
    for origin in (f"http://127.0.0.1:{scene.port}", "http://127.0.0.1:8000"):
        socket = scene.sockets.connect(scene.port, cookie=cookie, origin=origin)
        assert socket.subscribe().types() == ["subscribed"]


@pytest.mark.parametrize("origin", [
    "https://evil.example", "null", "http://127.0.0.1", "http://127.0.0.1:{port}.evil.example", "http://127.0.0.1:1{port}",
    "http://evil.example/?http://127.0.0.1:{port}", "file://",
])  # fmt: skip
def test_the_session_cookie_does_not_open_it_for_a_foreign_page(scene: Scene, origin: str):
    cookie = f"aw_session={scene.admin.client.token}"
    with pytest.raises(Refused) as refusal:
        scene.sockets.connect(scene.port, cookie=cookie, origin=origin.replace("{port}", str(scene.port)))
    assert refusal.value.status == 403


def test_nobody_comes_in_without_a_living_credential(scene: Scene):
    token = scene.admin.client.token
    made = scene.admin.client.post("/api/auth/tokens", {"name": "writer", "scopes": ["write"]})
    ways = [
        {}, {"token": "aws_not-a-token-that-anybody-was-given"}, {"cookie": "aw_session=nonsense"},
        {"token": made.json["token"]}, {"path": f"/api/stream?token={token}"},
        {"path": f"/api/stream?access_token={token}"}, {"cookie": f"aw_refresh={scene.admin.refresh_token}"},
    ]  # fmt: skip
    for way in ways:
        with pytest.raises(Refused) as refusal:
            scene.sockets.connect(scene.port, **way)
        assert refusal.value.status == 401, way


def test_an_api_token_that_may_read_opens_it(scene: Scene):
    made = scene.admin.client.post("/api/auth/tokens", {"name": "reader", "scopes": ["read"]})
    assert scene.sockets.connect(scene.port, made.json["token"]).subscribe().types() == ["subscribed"]


@pytest.mark.parametrize("first", [
    "hello", "", "{}", "[]", "null", '{"type": "subscribe"', '{"type": "unsubscribe"}', '{"type": ["subscribe"]}',
    '{"type": "subscribe", "after": "yesterday"}', '{"type": "subscribe", "after": 7}',
    '{"type": "subscribe", "after": "-1-1"}', '{"type": "subscribe", "after": "99999999999999999999-1"}',
    '{"type": "subscribe", "after": ""}', "[" * 30_000,
])  # fmt: skip
def test_a_bad_first_frame_is_answered_with_an_error_and_the_end(scene: Scene, first: str):
    socket = scene.sockets.connect(scene.port, scene.admin.client.token)
    socket.send(first)
    code, _ = socket.wait_closed(5)
    assert code == 1008
    assert socket.types() == ["error"]
    assert "subscribe" in socket.frames[0]["data"]["message"]


@pytest.mark.parametrize(("first", "code"), [(b'{"type": "subscribe"}', 1003), ("x" * 70_000, 1009)])
def test_frames_that_are_no_short_text_end_the_connection(scene: Scene, first: str | bytes, code: int):
    socket = scene.sockets.connect(scene.port, scene.admin.client.token)
    socket.send(first)
    assert socket.wait_closed(5)[0] == code
    assert socket.frames == []


def test_a_plain_request_is_told_what_is_missing(scene: Scene):
    answer = scene.admin.client.request("GET", "/api/stream")
    assert answer.status in (404, 426) and answer.problem
