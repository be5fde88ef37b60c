"""What arrives on the live stream, for whom, and nothing else."""

from console_api import alert
from scene import Scene, has_note, text

FIVE = ["web-server-01", "web-server-02", "web-server-03", "app-server-01", "app-server-02"]
INCIDENT_TYPES = {"incident.opened", "incident.updated", "incident.resolved"}


def test_five_alerts_arrive_as_one_incident_that_grows(scene: Scene):
    company = scene.company()
    viewer = scene.people.make("client_viewer", company.id)
    sockets = {person: scene.stream(person) for person in (scene.admin, viewer)}
    accepted = [id for asset in FIVE for id in scene.tool(company).send(alert(asset))]
    scene.installation.wait_until_decided(company)
    (incident,) = [item["id"] for item in viewer.client.all("/api/incidents", status="open")]
    for person, socket in sockets.items():
        scene.wait_until_shown(socket, person, incident)
        last = socket.of(incident)[-1]["data"]
        assert (last["title"], last["alert_count"], last["status"]) == ("High CPU Usage Across 5 Servers", 5, "new")
        frames = scene.quiet(socket, company)
        assert {frame["type"] for frame in frames} <= INCIDENT_TYPES | {"subscribed", "alert.accepted"}
        assert [frame["data"]["id"] for frame in frames if frame["type"] == "alert.accepted"] == accepted
        changed = [frame for frame in frames if frame["type"] in INCIDENT_TYPES]
        # Every incident begins with its opening, and what was merged ends as GET shows it.
        for id in {frame["data"]["id"] for frame in changed}:
            own = [frame for frame in changed if frame["data"]["id"] == id]
            assert own[0]["type"] == "incident.opened", own
            assert own[-1]["data"] == scene.shown(person, id)
            assert [frame["type"] for frame in own].count("incident.opened") == 1
        ids = [frame["id"] for frame in changed]
        assert len(set(ids)) == len(ids), "a frame came twice"
        for frame in changed:
            assert set(frame) == {"type", "id", "cursor", "data"}
            scene.contract.check_value("Incident", frame["data"])


def test_an_accepted_alert_arrives_as_it_was_sent(scene: Scene):
    company = scene.company()
    socket = scene.stream()
    sent = alert("db-server-01", "slow_query", "low", message="Query took 12 s", tool_source="Zabbix")
    (id,) = scene.tool(company).send(sent)
    frame = socket.wait_for("the alert", lambda frame: frame["type"] == "alert.accepted")
    shown = scene.admin.client.get(f"/api/alerts/{id}").json
    assert frame["data"]["id"] == id and frame["data"]["company_id"] == company.id
    for name, value in frame["data"].items():
        assert shown[name] == value, name
    assert frame["data"]["message"] == "Query took 12 s"
    # It is not replayed; who goes on from its cursor misses nothing of what became of it.
    scene.installation.wait_until_decided(company)
    again = scene.stream(after=frame["cursor"])
    assert "alert.accepted" not in again.types()
    assert [frame["type"] for frame in again.of(shown_incident(scene, id))] == ["incident.opened"]


def shown_incident(scene: Scene, alert_id: str) -> str:
    return scene.admin.client.get(f"/api/alerts/{alert_id}").json["incident_id"]


def test_more_alerts_than_a_person_reads_are_counted(scene: Scene):
    company = scene.company()
    socket = scene.stream()
    scene.tool(company).send(*(alert(f"server-{number}", "ping_lost") for number in range(200)))

    def seen() -> tuple[int, int]:
        counts = [frame["data"]["count"] for frame in list(socket.frames) if frame["type"] == "alerts.counted"]
        return socket.types().count("alert.accepted"), sum(counts)

    socket.wait_for("a count", lambda frame: frame["type"] == "alerts.counted" and sum(seen()) >= 200)
    shown, counted = seen()
    assert shown + counted == 200 and 10 <= shown <= 20
    assert scene.quiet(socket, company) and seen()[1] == counted


def test_clients_never_get_what_is_internal(scene: Scene):
    company = scene.company()
    technician = scene.people.make("technician", company.id)
    clients = [scene.people.make(role, company.id) for role in ("client_viewer", "company_admin")]
    incident = scene.open_incident(company)
    inside = scene.stream(technician)
    outside = [scene.settled_stream(person) for person in clients]
    begin = outside[-1].cursor
    path = f"/api/incidents/{incident}/notes"
    assert technician.client.post(path, {"text": "the client must not read this", "internal": True}).status == 200
    inside.wait_for("the internal change", lambda frame: frame["type"] == "incident.updated")
    unheard = scene.change_unheard(company, incident, internal=True)
    inside.wait_for("the internal change that no message told of", has_note(unheard))
    for socket, person in zip(outside, clients, strict=True):
        assert [frame["type"] for frame in scene.quiet(socket, company)] == ["subscribed"]
        # Nor when they catch up.
        again = scene.stream(person, after=begin)
        assert again.of(incident) == []
        assert "the client must not read this" not in text(again.frames + socket.frames)


def test_nobody_gets_frames_of_a_company_that_they_may_not_see(scene: Scene):
    own, other = scene.company(), scene.company()
    people = [scene.people.make(role, own.id) for role in ("company_admin", "technician", "client_viewer")]
    sockets = [scene.stream(person) for person in people]
    witness = scene.stream()
    begin = witness.cursor
    incident = scene.open_incident(other, asset="secret-server", signature="secret_failure")
    scene.admin.client.post(f"/api/incidents/{incident}/notes", {"text": "a secret note"})
    witness.wait_for("it was told", has_note(scene.change_unheard(other, incident)))
    for socket, person in zip(sockets, people, strict=True):
        assert [frame["type"] for frame in scene.quiet(socket, own)] == ["subscribed"]
        caught_up = scene.stream(person, after=begin)
        for frames in (socket.frames, caught_up.frames):
            assert "secret" not in text(frames) and other.id not in text(frames)
