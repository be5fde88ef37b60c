"""Many clients, and clients that do not read."""

import time
from pathlib import Path

from console_api import alert
from installation import wait_for
from scene import Scene, has_note
from sockets import Socket

SUBSCRIBERS = 200
SLOW = 8


def memory(scene: Scene) -> float:
    """The Console's resident memory, in MiB."""
    newest = "SELECT pid FROM service_instance WHERE service = 'console' ORDER BY started_at DESC LIMIT 1"
    status = Path(f"/proc/{scene.installation.value(newest)}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def subscribers(scene: Scene) -> int:
    lines = scene.admin.client.request("GET", "/metrics").text.splitlines()
    return int(float(next(line.split()[-1] for line in lines if line.startswith("aw_console_stream_subscribers"))))


def test_a_client_that_does_not_read_is_dropped_and_takes_no_memory(scene: Scene, say):
    company = scene.company()
    scene.tool(company).send(*(alert(f"server-{number}", f"failure_{number}") for number in range(100)))
    scene.installation.wait_until_decided(company)
    incidents = [item["id"] for item in scene.admin.client.all("/api/incidents", company_id=company.id)]
    assert len(incidents) == 100
    quick = scene.settled_stream()
    wait_for("the others are gone", lambda: subscribers(scene) == 1)
    slow = [scene.sockets.connect(scene.port, scene.admin.client.token, reads=False) for _ in range(SLOW)]
    for socket in slow:
        socket.send('{"type": "subscribe", "after": null}')
    wait_for("they are there", lambda: subscribers(scene) == SLOW + 1)
    before = highest = memory(scene)
    rounds = 0

    def told(note: str) -> bool:
        return subscribers(scene) == 1 or sum(map(has_note(note), list(quick.frames))) == len(incidents)

    # Far more than mailbox, queue and kernel hold together.
    while subscribers(scene) > 1:
        rounds += 1
        assert rounds <= 60, "clients that do not read are still there"
        note = scene.change_unheard(company, *incidents, size=10_000)
        wait_for("every change, or the end of the slow ones", lambda note=note: told(note), 20)
        highest = max(highest, memory(scene))
    # They wake up, and find out why they were dropped.
    for socket in slow:
        socket.read(keeps=False)
    codes = [socket.wait_closed(20)[0] for socket in slow]
    megabytes = rounds * 100 * 10_000 / 1e6
    say(f"\n{SLOW} clients that do not read were sent {megabytes:.0f} MB each; memory {before:.0f} -> {highest:.0f} MiB")
    assert codes == [4408] * SLOW
    # A queue of at most 1 MiB each; the texts that wait are one copy for all.
    assert highest - before < SLOW * 1 + 60
    wait_for("every change", lambda: sum(map(has_note(note), list(quick.frames))) == len(incidents), 20)
    assert quick.closed is None
    assert len({frame["id"] for frame in quick.frames if "id" in frame}) == rounds * 100


def test_a_storm_reaches_two_hundred_subscribers(scene: Scene, say):
    company = scene.company()
    viewers = [scene.people.make("client_viewer", company.id), scene.admin]
    sockets = [scene.stream(viewers[number % 2]) for number in range(SUBSCRIBERS)]
    began = time.monotonic()
    # As a storm is: many servers at once, each failing in its own ways.
    for start in range(0, 500, 100):
        scene.tool(company).send(
            *(alert(f"server-{number}", f"failure_{number % 300}") for number in range(start, start + 100))
        )
    scene.installation.wait_until_decided(company)
    decided = time.monotonic() - began
    items = scene.admin.client.all("/api/incidents", company_id=company.id, limit=200)
    versions = {item["id"]: item["version"] for item in items}
    assert len(versions) >= 300

    def knows(socket: Socket) -> bool:
        assert socket.closed is None, f"dropped after {len(socket.frames)} frames: {socket.closed}"
        return {id: data["version"] for id, data in socket.known().items()} == versions

    waiting = list(sockets)

    def all_know() -> bool:
        waiting[:] = [socket for socket in waiting if not knows(socket)]
        return not waiting

    wait_for("every subscriber knows every incident", all_know, 40, pause=0.2)
    told = time.monotonic() - began
    frames = sum(len(socket.frames) for socket in sockets)
    say(f"\n{SUBSCRIBERS} subscribers: 500 alerts decided in {decided:.1f} s, told in {told:.1f} s, {frames} frames")
