"""JSON bodies with something wrong, odd or rare in them: known structure, mutated, then perhaps damaged byte by byte."""

import copy
import json
from typing import Any

from hypothesis import strategies as st


class Raw(bytes):
    """Stands in a document as it is, whether it is JSON or not."""


class Pairs(list):
    """An object as a list of (name, value), so that a name may stand there twice."""


def pairs(value: Any) -> Any:
    if isinstance(value, dict):
        return Pairs((name, pairs(inner)) for name, inner in value.items())
    return [pairs(inner) for inner in value] if isinstance(value, list) else value


def encoded(value: Any) -> bytes:
    if isinstance(value, Raw):
        return bytes(value)
    if isinstance(value, Pairs):
        return b"{" + b",".join(encoded(name) + b":" + encoded(inner) for name, inner in value) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(map(encoded, value)) + b"]"
    return json.dumps(value, ensure_ascii=len(value) % 2 == 0 if isinstance(value, str) else True).encode(
        "utf-8", "surrogatepass"
    )


MINIMAL = {"asset_name": "web-1", "signature": "high_cpu_usage", "severity": "high", "message": "CPU at 95%"}
FULL = MINIMAL | {
    "tool_source": "Datadog", "status": "firing", "dedup_key": "web-1:cpu", "timestamp": "2026-01-01T08:15:30.25+02:00",
    "labels": {"region": "eu", "team": "platform"}, "links": ["https://example.com/1", "http://example.com/2"],
}  # fmt: skip
OWN = [MINIMAL, FULL, [MINIMAL, FULL], [FULL, FULL | {"status": "resolved"}, MINIMAL]]

FIRING = {
    "status": "firing", "labels": {"alertname": "InstanceDown", "instance": "db-1:9100", "severity": "page"},
    "annotations": {"summary": "db-1 is down", "runbook_url": "https://example.com/r"},
    "startsAt": "2026-01-01T08:15:30.123456789Z", "endsAt": "0001-01-01T00:00:00Z",
    "generatorURL": "http://prometheus:9090/graph", "fingerprint": "0123456789abcdef",
}  # fmt: skip
ALERTMANAGER = [
    {
        "version": "4", "groupKey": "{}:{}", "truncatedAlerts": 0, "status": "firing", "receiver": "aw",
        "groupLabels": {}, "commonLabels": {}, "commonAnnotations": {}, "externalURL": "http://alertmanager:9093",
        "alerts": alerts,
    }
    for alerts in ([FIRING], [FIRING, FIRING | {"status": "resolved", "endsAt": "2026-01-01T09:00:00Z"}])
]  # fmt: skip


def _nested(opening: bytes, inner: bytes, closing: bytes, depth: int) -> Raw:
    return Raw(opening * depth + inner + closing * depth)


TEXTS = [
    "", " ", "a", "firing", "resolved", "critical", "HIGH", "4", "null", "é" * 255, "é" * 256, "a" * 100, "a" * 101,
    "a" * 255, "a" * 256, "😀" * 255, "😀" * 100, "a" * 8192, "a" * 8193, "x" * 70_000, "\x00", "a\x00b", "\x1f\x7f",
    "\u202e\u2066abc", "e\u0301" * 120, "\ufeff", "\ufffe", "\U0010ffff", "{{7*7}}", "'; DROP TABLE alert; --", "%s%n",
    "../../etc/passwd", "<script>alert(1)</script>", "http://" + "a" * 2041, "http://" + "a" * 2042, "javascript:x",
    "2026-01-01T08:15:30Z", "2026-02-30T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z",
    "292277026596-12-04T15:30:07Z", "-0001-01-01T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T08:15:60Z",
    "2026-01-01T08:15:30+99:99", "2026-01-01T08:15:30." + "9" * 50 + "Z",
]  # fmt: skip
NUMBERS = [
    Raw(text)
    for text in (
        b"0", b"-0", b"1", b"-1", b"1.5", b"1e400", b"-1e400", b"1e-400", b"9223372036854775807", b"9223372036854775808",
        b"-9223372036854775809", b"340282366920938463463374607431768211456", b"9" * 400, b"1" + b"0" * 5000, b"01", b"+1",
        b".5", b"1.", b"0x10", b"NaN", b"Infinity", b"-Infinity", b"1e", b"--1", b"1_000",
    )
]  # fmt: skip
BROKEN = [
    Raw(text)
    for text in (
        b"nul", b"True", b"undefined", b"'a'", b'"\\ud800"', b'"\\udc00\\ud800"', b'"\\ud83d\\ude00"', b'"\\u0000"', b'"\\x41"',
        b'"\\u12"', b'"\xff\xfe"', b'"\xc0\x80"', b'"\xed\xa0\x80"', b'"\xf4\x90\x80\x80"', b'"\xe2\x82"', b'"\n"', b'"\x00"',
        b'"a', b'a"', b"[1,]", b'{"a":1,}', b"{,}", b"[,]", b'{"a"}', b'{1:2}', b"/* c */1", b"", b"\x00", b"1 2",
    )
]  # fmt: skip
SHAPES = [
    None, True, False, [], {}, [[]], [{}], {"": ""}, {"a": None}, {"a": 1.5, "b": True}, {"a": {"b": {"c": 1}}}, [None],
    ["a", 1], list(range(1001)), {f"k{number}": "v" for number in range(64)}, {f"k{number}": "v" for number in range(65)},
    {"k" * 255: "v" * 4096}, {"k" * 256: "v"}, {"k": "v" * 4097}, [f"https://e.com/{number}" for number in range(21)],
]  # fmt: skip
DEEP = [_nested(b"[", b"", b"]", depth) for depth in (61, 62, 63, 64, 65, 200, 5_000, 200_000)]
DEEP += [_nested(b'{"a":', b"1", b"}", depth) for depth in (61, 62, 63, 64, 65, 5_000)]
DEEP += [Raw(b"[" * 300_000), Raw(b'{"a":' * 100_000), Raw(b'["' + b"[" * 500 + b'"]')]
LARGE = [Raw(b'"' + b"a" * 1_100_000 + b'"'), Raw(b" " * 1_048_000), Raw(b"[" + b"1," * 200_000 + b"1]")]

_values = st.one_of(
    st.sampled_from(TEXTS), st.sampled_from(NUMBERS), st.sampled_from(BROKEN), st.sampled_from(SHAPES).map(pairs),
    st.text(max_size=12), st.sampled_from(DEEP),
)  # fmt: skip


def _places(value: Any) -> list[tuple[list, int]]:
    """Every member of an object and element of an array: the container, and where in it."""
    found: list[tuple[list, int]] = []
    if isinstance(value, list):
        for index, inner in enumerate(value):
            found.append((value, index))
            found += _places(inner[1] if isinstance(value, Pairs) else inner)
    return found


def _mutate(draw, document: Any) -> Any:
    places = _places(document)
    way = draw(st.sampled_from(["value", "value", "value", "remove", "repeat", "name", "extra", "wrap"]))
    if way == "wrap" or not places:
        return draw(st.sampled_from([[document], [document, document], Pairs([("alerts", document)]), document]))
    container, index = places[draw(st.integers(0, len(places) - 1))]
    is_object = isinstance(container, Pairs)
    if way == "value":
        value = draw(_values)
        container[index] = (container[index][0], value) if is_object else value
    elif way == "remove":
        del container[index]
    elif way == "repeat":
        container.insert(index, copy.deepcopy(container[index]))
    elif way == "extra":
        container.insert(index, (draw(st.sampled_from(TEXTS)), draw(_values)) if is_object else draw(_values))
    elif is_object:
        name = container[index][0]
        names = [Raw(b'"asset\\u005fname"'), " " + str(name), str(name).upper(), "", "__proto__", Raw(b"severity")]
        container[index] = (draw(st.sampled_from([*names, draw(st.text(max_size=8))])), container[index][1])
    return document


def _damage(draw, body: bytes) -> bytes:
    place = draw(st.integers(0, len(body)))
    way = draw(st.sampled_from(["cut", "insert", "flip", "before", "after", "large"]))
    if way == "cut":
        return body[:place]
    if way == "insert":
        return body[:place] + draw(st.binary(min_size=1, max_size=6)) + body[place:]
    if way == "flip" and body:
        place = min(place, len(body) - 1)
        return body[:place] + bytes([body[place] ^ (1 << draw(st.integers(0, 7)))]) + body[place + 1 :]
    if way == "before":
        return draw(st.sampled_from([b"\xef\xbb\xbf", b"\xff\xfe", b"\n\t ", b")]}',\n", b"\x00"])) + body
    if way == "large":
        return bytes(draw(st.sampled_from(LARGE)))
    return body + draw(st.sampled_from([b"\n ", b"x", b"{}", b",", b"\x00", b" " * 5000]))


@st.composite
def bodies(draw, documents: list[Any]) -> bytes:
    """A body: one of `documents` with up to three things changed."""
    document = pairs(copy.deepcopy(draw(st.sampled_from(documents))))
    for _ in range(draw(st.integers(0, 3))):
        document = _mutate(draw, document)
    body = encoded(document)
    return _damage(draw, body) if draw(st.integers(0, 4)) == 0 else body
