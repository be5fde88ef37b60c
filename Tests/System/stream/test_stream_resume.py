"""A client that goes on from its cursor misses nothing, whatever died or was slow in between."""

import itertools
import time

from console_api import alert
from installation import wait_for
from scene import Scene, has_note, is_of


def position(cursor: str) -> tuple[int, ...]:
    return tuple(int(part) for part in cursor.split("-"))


def test_a_reconnect_gets_everything_that_happened_meanwhile(scene: Scene):
    company = scene.company()
    viewer = scene.people.make("client_viewer", company.id)
    socket = scene.stream(viewer)
    acknowledged = scene.open_incident(company)
    socket.wait_for("the incident", is_of(acknowledged))
    socket.close()
    opened = [scene.open_incident(company, signature=f"failure_{number}") for number in range(5)]
    scene.admin.client.post(f"/api/incidents/{acknowledged}/acknowledge")
    scene.admin.client.post(f"/api/incidents/{opened[0]}/resolve", {"resolution_notes": "done"})
    again = scene.stream(viewer, after=socket.cursor)
    missed = again.frames[: again.types().index("subscribed")]
    # One frame each, with its present state, before it is said that nothing is missed.
    assert sorted(frame["data"]["id"] for frame in missed) == sorted([acknowledged, *opened])
    for frame in missed:
        assert frame["data"] == scene.shown(viewer, frame["data"]["id"])
        # A client that drops what it has seen keeps these: they say more than it knew.
        assert frame["id"] not in [before.get("id") for before in socket.frames]
    states = {id: known["status"] for id, known in again.known().items()}
    assert (states[acknowledged], states[opened[0]], states[opened[1]]) == ("acknowledged", "resolved", "new")
    # Once the cursor is beyond, there is nothing to repeat.
    assert scene.settled_stream(viewer).types() == ["subscribed"]
    scene.quiet(again, company)
    assert {id: known["version"] for id, known in again.known().items() if id in states} == {
        id: scene.shown(viewer, id)["version"] for id in states
    }


def test_a_reconnect_after_the_console_was_killed_gets_everything(scene: Scene):
    company = scene.company()
    socket = scene.stream()
    first = scene.open_incident(company)
    socket.wait_for("the incident", is_of(first))
    scene.service("console").kill()
    assert socket.wait_closed(5)[0] == 1006
    missed = scene.open_incident(company, signature="while_it_was_down")
    scene.service("console").start()
    scene.service("console").wait_ready()
    again = scene.stream(after=socket.cursor)
    assert missed in again.known()
    # And what happens next arrives as ever.
    following = scene.open_incident(company, signature="afterwards")
    again.wait_for("the next incident", is_of(following))


def test_a_console_that_stops_says_so_and_does_not_wait_for_its_clients(scene: Scene):
    sockets = [scene.stream() for _ in range(5)]
    began = time.monotonic()
    scene.service("console").stop()
    assert time.monotonic() - began < 10
    assert {socket.wait_closed(2)[0] for socket in sockets} == {1001}


def test_what_the_bus_did_not_tell_arrives_from_the_journal(scene: Scene):
    company = scene.company()
    incident = scene.open_incident(company)
    socket = scene.settled_stream()
    for _ in range(3):
        socket.wait_for("the change", has_note(scene.change_unheard(company, incident)), seconds=3)
    # And once: what was told by the bus is not told again by the journal.
    scene.admin.client.post(f"/api/incidents/{incident}/acknowledge")
    socket.wait_for("the acknowledgement", lambda frame: frame["data"].get("status") == "acknowledged")
    changes = [frame for frame in scene.quiet(socket, company) if "id" in frame]
    assert len({frame["id"] for frame in changes}) == len(changes) == 4


def test_incidents_of_a_correlator_that_is_killed_after_its_commit_arrive(scene: Scene):
    company = scene.company()
    socket = scene.stream()
    correlator = scene.service("correlator")
    found: dict[str, str] = {}
    query = "SELECT incident_id FROM alert_fate WHERE company_id = %s AND alert_id = %s"
    with scene.installation.connect() as eye:
        for number in range(5):
            (id,) = scene.tool(company).send(alert("web-server-01", f"failure_{number}"))
            # No pause: the nearer to the commit, the better.
            for _ in itertools.takewhile(lambda _, id=id: id not in found, itertools.count()):
                row = eye.execute(query, [company.id, id]).fetchone()
                if row:
                    found[id] = row[0]
            correlator.kill()
            socket.wait_for("the incident", is_of(found[id]), seconds=5)
            correlator.start()
            correlator.wait_ready()
    assert len(set(found.values())) == 5
    assert [id for id in socket.known() if id in found.values()] == list(found.values())


def test_a_slow_transaction_is_not_skipped(scene: Scene):
    """Its row has an early position, and is committed after later rows were delivered."""
    company = scene.company()
    slow_incident = scene.open_incident(company, signature="slow")
    socket = scene.stream()
    with scene.installation.connect() as slow:
        slow.autocommit = False
        note = scene.change_unheard(company, slow_incident, connection=slow)
        row = slow.execute("SELECT pg_current_xact_id()::text").fetchone()
        assert row is not None
        quick = [scene.open_incident(company, signature=f"quick_{number}") for number in range(3)]
        for incident in quick:
            socket.wait_for("a quick one", is_of(incident))
        time_to_read_on(scene)
        # No client is given a cursor beyond what is still open.
        assert position(socket.cursor) <= (int(row[0]), 0)
        assert position(scene.stream().cursor) <= (int(row[0]), 0)
        assert not socket.got(has_note(note))
        cursor = socket.cursor
        slow.commit()
    socket.wait_for("the slow change", has_note(note), seconds=5)
    again = scene.stream(after=cursor)
    assert again.known()[slow_incident]["resolution_notes"] == note
    assert set(quick) <= set(again.known())


def time_to_read_on(scene: Scene) -> None:
    """Until the Console has read the journal at least once more: something unheard arrives."""
    company = scene.company()
    opened = scene.open_incident(company)
    witness = scene.stream()
    scene.admin.client.post(f"/api/incidents/{opened}/acknowledge")
    witness.wait_for("the acknowledgement", lambda frame: frame["data"].get("status") == "acknowledged")


def test_a_reconnect_beside_an_open_transaction_gets_what_was_committed_meanwhile(scene: Scene):
    company = scene.company()
    slow_incident = scene.open_incident(company, signature="slow")
    socket = scene.stream()
    waiting = scene.sockets.connect(scene.port, scene.admin.client.token)
    with scene.installation.connect() as slow:
        slow.autocommit = False
        note = scene.change_unheard(company, slow_incident, connection=slow)
        socket.close()
        missed = scene.open_incident(company, signature="missed")
        scene.stream(after=socket.cursor).wait_for("the missed one", is_of(missed), seconds=3)
        # Also one that connected before and subscribes only now.
        waiting.subscribe(socket.cursor).wait_for("the missed one", is_of(missed), seconds=3)
        again = scene.stream(after=socket.cursor)
        slow.commit()
    for one in (again, waiting):
        one.wait_for("the slow change", has_note(note), seconds=5)


def test_who_missed_too_much_is_told_to_read_anew(scene: Scene):
    company = scene.company()
    incident = scene.open_incident(company)
    socket = scene.settled_stream()
    socket.close()
    copies = (
        "INSERT INTO journal (company_id, day, at, kind, actor, subject_kind, subject_id, incident_id, summary, data) "
        "SELECT company_id, day, at, 'incident.noted', actor, subject_kind, subject_id, incident_id, summary, data "
        "FROM journal, generate_series(1, 6000) WHERE company_id = %s AND incident_id = %s AND kind = 'incident.opened'"
    )
    with scene.installation.connect() as admin:
        assert admin.execute(copies, [company.id, incident]).rowcount == 6000
    again = scene.stream(after=socket.cursor)
    assert again.types()[0] == "reset" and "subscribed" not in again.types()
    following = scene.open_incident(company, signature="next")
    again.wait_for("the next incident", is_of(following))
    # The cursor that it has by then is good to go on from.
    wait_for("the cursor is beyond them", lambda: position(scene.stream().cursor) > position(socket.cursor))
    later = scene.stream(after=scene.settled_stream().cursor)
    assert later.types() == ["subscribed"] and again.closed is None


def test_a_cursor_from_the_beginning_is_good(scene: Scene):
    company = scene.company()
    viewer = scene.people.make("client_viewer", company.id)
    incident = scene.open_incident(company)
    for cursor in ("0-0", "1-1"):
        socket = scene.stream(viewer, after=cursor)
        assert socket.types()[:2] == ["incident.opened", "subscribed"]
        assert socket.known().keys() == {incident}
