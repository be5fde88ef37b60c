"""What is sent. Each function is the work of one process: so many examples, and a report."""

import contextlib
import random
import time

import documents
from contract import is_acceptable, is_json
from hypothesis import note
from hypothesis import strategies as st
from targets import Line, Report, Target, run
from wire import NoAnswer, Wire

from installation import Company

OWN, ALERTMANAGER = "/api/webhooks/alerts", "/api/webhooks/prometheus"


def head(method: str, path: str, fields: list[tuple[str, str]]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: ingest", *(f"{name}: {value}" for name, value in fields)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def signed(company: Company, body: bytes, path: str = OWN) -> bytes:
    fields = list(company.signed_headers(str(int(time.time())), body).items())
    return head("POST", path, [*fields, ("Content-Length", str(len(body)))]) + body


def bodies(target: Target, examples: int, seed: int) -> Report:
    """Authentic requests whose bodies are anything."""
    report, line = Report(), Line(target.port, random.Random(seed))

    def own(body: bytes) -> None:
        note(f"the body of {len(body)} bytes: {body[:1500]!r}")
        answer = line.exchange(signed(target.signing, body))
        report.note(answer)
        expected = {200, 202, 422} if is_json(body) else {400}
        assert answer.status in expected | {400, 413}, f"answered {answer.status}: {answer.body[:500]!r}"
        assert len(body) <= 1_048_576 or answer.status == 413
        if answer.status in (200, 202):
            assert is_acceptable(body) is not False, f"accepted: {answer.body[:500]!r}"
        elif is_acceptable(body) and len(body) <= 1_048_576:
            assert answer.status == 200, f"refused with {answer.status}: {answer.body[:500]!r}"

    def alertmanager(body: bytes) -> None:
        note(f"the body of {len(body)} bytes: {body[:1500]!r}")
        answer = line.exchange(signed(target.signing, body, ALERTMANAGER))
        report.note(answer)
        expected = {200, 202, 422} if is_json(body) else {400}
        assert answer.status in expected | {400, 413}, f"answered {answer.status}: {answer.body[:500]!r}"

    run(examples * 2 // 3, seed, report, own, body=documents.bodies(documents.OWN))
    run(examples // 3, seed, report, alertmanager, body=documents.bodies(documents.ALERTMANAGER))
    line.close()
    return report


_token = st.text("abcXYZ019-_.~!#$%&'*+^`|", min_size=1, max_size=12)
_value = st.one_of(
    st.sampled_from(
        [
            "", " ", "0", "-1", "9" * 400, "a" * 8000, "a" * 17_000, "a" * 40_000, "\t", "\x7f", "\x80\xff", "é", "null",
            "gzip", "br", "chunked", "identity", "application/json", "text/plain", "application/xml", "*/*", "close",
            "keep-alive", "100-continue", "Bearer", "Bearer  x", "Basic YTpi", "sha256=", "sha256=" + "0" * 64,
            "sha256=" + "g" * 64, "sha1=" + "0" * 40, "00-" + "a" * 32 + "-" + "b" * 16 + "-01", "1e9", "0x10", "١٢٣",
            "127.0.0.1", "a, b, c", "::1", "'", '"', "%00", "%ff", "../..", "d" * 200, "d" * 201, "😀" * 200,
        ]
    ),
    st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=20),
)  # fmt: skip
_field = st.tuples(
    st.one_of(
        st.sampled_from(
            [
                "X-API-Key", "Authorization", "X-Timestamp", "X-Signature", "X-Delivery-ID", "Content-Type",
                "Content-Encoding", "Accept", "Accept-Encoding", "Expect", "Connection", "X-Forwarded-For", "traceparent",
                "Cookie", "Origin", "Range", "If-Match", "Upgrade", "TE", "Host",
            ]
        ),
        _token,
    ),
    _value,
)  # fmt: skip
_instants = st.one_of(
    st.just("now"), st.integers(-400, 400).map(lambda seconds: f"{seconds:+}"),
    st.sampled_from(["", "x", "1e9", "99999999999999999999", "-1", "0", "1763900000.5", " 1763900000", "\u0661\u0662"]),
)  # fmt: skip


@st.composite
def _requests(draw) -> dict:
    return {
        "way": draw(st.sampled_from(["signed", "signed", "bearer", "secret_url", "limited", "none", "wrong key"])),
        "timestamp": draw(_instants) if draw(st.booleans()) else "now",
        "spoil": draw(st.sampled_from(["", "", "", "body", "signature", "case", "cut", "secret"])),
        "fields": draw(st.lists(_field, max_size=3)),
        "repeats": draw(st.integers(0, 12)) == 0,
        "many": draw(st.sampled_from([0] * 20 + [90, 101, 500])),
        "method": draw(st.sampled_from(["POST"] * 12 + ["GET", "PUT", "HEAD", "DELETE", "OPTIONS", "PATCH", "BREW"])),
        "path": draw(
            st.sampled_from(
                [OWN] * 8
                + [ALERTMANAGER, "/api/webhooks/", "/api/webhooks/nobody", "/", "//", "/api/webhooks/alerts/", "/health/live"]
                + ["/api/webhooks/alerts?api_key=%ff", "/api/webhooks/alerts?api_key=", "/api/webhooks/alerts?&&==&api_key"]
                + ["/api/webhooks/%61lerts", "/../alerts", "/" + "a" * 9000, "/metrics?x=1", "*", "http://ingest" + OWN]
            )
        ),
        "number": draw(st.integers(0, 1 << 40)),
    }


def headers(target: Target, examples: int, seed: int) -> Report:
    """A good body with anything in the head: methods, paths, keys, signatures, times, types, and what nobody expects."""
    report, line = Report(), Line(target.port, random.Random(seed))

    def check(request: dict) -> None:
        body = documents.encoded(documents.pairs(documents.MINIMAL | {"message": f"number {request['number']}"}))
        fields, authentic = _fields(target, request, body)
        path = request["path"]
        if request["way"] == "secret_url":
            path += ("&" if "?" in path else "?") + f"api_key={target.secret_url.api_key}"
        raw = head(request["method"], path, [*fields, ("Content-Length", str(len(body)))]) + body
        note(f"{raw[:1500]!r}")
        try:
            answer = line.exchange(raw, has_body=request["method"] != "HEAD")
        except NoAnswer:
            # Only a client that asks for the end of the connection may get one without a word.
            assert any(name.lower() in ("connection", "upgrade", "te") for name, _ in request["fields"]), "no answer"
            report.statuses["closed"] += 1
            return
        if request["method"] == "HEAD":
            report.statuses[str(answer.status)] += 1
            assert answer.status < 500
            return
        report.note(answer)
        if answer.has_accepted:
            assert authentic, f"accepted although it proved nothing: {answer.body!r}"
        if answer.status == 202 and request["repeats"] and request["way"] == "signed":
            again = line.exchange(raw)
            report.note(again)
            assert (again.status, again.json["alert_ids"]) == (200, answer.json["alert_ids"])

    run(examples, seed, report, check, request=_requests())
    line.close()
    return report


def _fields(target: Target, request: dict, body: bytes) -> tuple[list[tuple[str, str]], bool]:
    """The fields of a request, and whether it may be taken for one of a company's tools."""
    now, given, way, spoil = int(time.time()), request["timestamp"], request["way"], request["spoil"]
    fields = [("Content-Type", "application/json")]
    authentic = way not in ("none", "wrong key")
    if way in ("signed", "limited"):
        company = target.signing if way == "signed" else target.limited
        timestamp = str(now + int(given)) if given[:1] in "+-" and given[1:].isdecimal() and given.isascii() else given
        timestamp = str(now) if given == "now" else timestamp
        signature = company.sign(timestamp, body + (b" " if spoil == "body" else b""))
        if spoil == "signature":
            signature = signature[:-1] + ("0" if signature[-1] != "0" else "1")
        elif spoil == "case":
            signature = signature.upper()
        elif spoil == "cut":
            signature = signature[:-2]
        elif spoil == "secret":
            signature = target.bearer.sign(timestamp, body)
        is_fresh = timestamp.isascii() and timestamp.isdecimal() and abs(int(timestamp) - now) <= 302
        authentic = spoil in ("", "case") and is_fresh
        fields += [("X-API-Key", company.api_key), ("X-Timestamp", timestamp), ("X-Signature", signature)]
        # A second value of a field that proves something: either may count.
        authentic = authentic or any(name.lower() in ("x-signature", "x-timestamp") for name, _ in request["fields"])
    elif way == "bearer":
        fields.append(("Authorization", f"Bearer {target.bearer.api_key}"))
    elif way == "wrong key":
        fields.append(("X-API-Key", target.signing.api_key[:-1] + "!"))
    fields += request["fields"] + [(f"X-Many-{number}", "x") for number in range(request["many"])]
    return fields, authentic


_pieces = st.sampled_from(
    [
        b"\r\n", b"\n", b"\r", b" ", b"\x00", b":", b"\xff\xfe", b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2.0", b"HTTP/9.9", b"GET",
        b"Content-Length: 5\r\n", b"Content-Length: -1\r\n", b"Content-Length: 99999999999999999999\r\n",
        b"Content-Length: 0\r\n", b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: gzip, chunked\r\n",
        b"Transfer-Encoding: xchunked\r\n", b"5\r\nhello\r\n", b"0\r\n\r\n", b"fffffffffffffffff\r\n", b"-1\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"Expect: 100-continue\r\n",
        b"Upgrade: websocket\r\nConnection: Upgrade\r\n", b"X: " + b"a" * 20_000 + b"\r\n", b" folded\r\n", b"A" * 70_000,
        b": empty\r\n", b"Host: a\r\nHost: b\r\n", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"{" * 100, b"\x80" * 30,
    ]
)  # fmt: skip


@st.composite
def _streams(draw) -> tuple[int, list[tuple[str, bytes]]]:
    """One to four requests on one connection, and how the bytes are damaged."""
    changes = st.tuples(st.sampled_from(["insert", "replace", "cut", "again"]), st.integers(0, 100_000), _pieces)
    return draw(st.integers(1, 4)), draw(st.lists(changes, max_size=3))


def garbage(target: Target, examples: int, seed: int) -> Report:
    """Bytes that are hardly HTTP, chunks that break off, requests on the heels of others: the server answers or closes."""
    report, chance = Report(), random.Random(seed)
    line = Line(target.port, chance)

    def check(stream: tuple[int, list]) -> None:
        count, changes = stream
        data = b"".join(_plain(target, chance) for _ in range(count))
        for way, place, piece in changes:
            place %= len(data) + 1
            if way == "insert":
                data = data[:place] + piece + data[place:]
            elif way == "replace":
                data = data[:place] + piece + data[place + len(piece) :]
            elif way == "cut":
                data = data[:place]
            else:
                data += data[place:]
        note(f"{data[:1500]!r}")
        wire = Wire(target.port, line.address())
        try:
            wire.send(data)
            wire.end()
            answers = wire.rest()
        finally:
            wire.close()
        for answer in answers:
            report.note(answer)
        report.statuses["no answer"] += not answers
        if not changes:
            assert [answer.status for answer in answers] == [202] * count, f"answered {answers}"

    run(examples, seed, report, check, stream=_streams())
    return report


def _plain(target: Target, chance: random.Random) -> bytes:
    """A request that is right, its body sometimes in chunks."""
    body = documents.encoded(documents.pairs(documents.MINIMAL | {"message": f"garbage {chance.getrandbits(60)}"}))
    if chance.random() < 0.5:
        return signed(target.signing, body)
    fields = list(target.signing.signed_headers(str(int(time.time())), body).items())
    middle = chance.randrange(1, len(body))
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:middle], body[middle:]))
    return head("POST", OWN, [*fields, ("Transfer-Encoding", "chunked")]) + chunks + b"0\r\n\r\n"


def quiet(target: Target) -> list[Wire]:
    """Connections of clients that stop halfway: before the head, in the head, in the body, in a chunk."""
    whole = signed(target.signing, b'{"asset_name": "a"}')
    chunked = head("POST", OWN, [("Transfer-Encoding", "chunked")]) + b"5\r\nhe"
    starts = [b"", whole[:1], whole[:40], whole[: whole.index(b"\r\n\r\n") + 2], whole[:-1], whole[:-10], chunked]
    wires = []
    for start in starts:
        wires.append(Wire(target.port, timeout=30))
        with contextlib.suppress(OSError):
            wires[-1].send(start)
    return wires
